// Lookup: what this network knows of its phones, an account's own line types, many numbers at once.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from './support/server.mjs';

let server;
let client;
before(async () => {
  server = await Server.start();
  client = server.twilio();
  await server.control('POST', '/clock/set', { json: { time: '2026-03-01T12:00:00Z' } });
  await server.control('POST', '/clock/freeze');
});
after(() => server.stop());

/** The bare answer; `more`: other parameters. */
const look = async (number, fields, more = {}) => {
  const answer = await server.request('lookups', 'GET', `/v2/PhoneNumbers/${encodeURIComponent(number)}?${new URLSearchParams({ Fields: fields, ...more })}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};
const phone = async (number, name) => {
  const made = await server.control('POST', '/handsets', { json: { number, name } });
  assert.equal(made.status, 201, made.text);
  return made.json.number;
};

test('a phone of this network has a name, is active, and has its first SIM', async () => {
  const number = await phone('+14159929960', 'Ada Lovelace');
  const found = await look(number, 'caller_name, line_status,sim_swap,call_forwarding');
  assert.deepEqual(found.caller_name, { caller_name: 'Ada Lovelace', caller_type: 'CONSUMER', error_code: null });
  assert.deepEqual(found.line_status, { status: 'active', error_code: null });
  assert.deepEqual(found.call_forwarding, { call_forwarding_enabled: false, error_code: null });
  assert.deepEqual(found.sim_swap, { last_sim_swap: { last_sim_swap_date: null, swapped_period: 'PT24H', swapped_in_period: false },
    carrier_name: 'Dialtone', mobile_country_code: null, mobile_network_code: null, error_code: null });
  assert.equal((await client.lookups.v2.phoneNumbers(number).fetch({ fields: 'caller_name' })).callerName.callerName, 'Ada Lovelace');
  assert.equal((await client.lookups.v1.phoneNumbers(number).fetch({ type: ['caller-name'] })).callerName.caller_name, 'Ada Lovelace');
  assert.equal((await look(await phone('+447400123456', 'Grace'), 'caller_name')).caller_name.caller_name, null);
  const nobody = await look('+14159929961', 'line_status,sim_swap,call_forwarding,caller_name');
  assert.deepEqual([nobody.line_status.status, nobody.sim_swap.error_code, nobody.call_forwarding.error_code, nobody.caller_name.caller_type], ['unknown', 60627, 60627, 'UNDETERMINED']);
  assert.equal((await look(server.number, 'line_status')).line_status.status, 'active');
});

test('who a phone belongs to is held against its name', async () => {
  const match = async (FirstName, LastName) => (await look('+14159929960', 'identity_match', { FirstName, LastName, City: 'London' })).identity_match;
  const exact = await match('ada', 'Lovelace');
  assert.deepEqual([exact.first_name_match, exact.last_name_match, exact.summary_score], ['exact_match', 'exact_match', 100]);
  const other = await match('Adam', 'Byron');
  assert.deepEqual([other.first_name_match, other.last_name_match, other.summary_score], ['high_partial_match', 'no_match', 40]);
  assert.equal(exact.city_match, 'no_data_available');
});

test('a number that one phone lost and another got is reassigned, with a new SIM', async () => {
  const number = await phone('+14159929962', 'Old Owner');
  const reassigned = async (LastVerifiedDate) => (await look(number, 'reassigned_number', { LastVerifiedDate })).reassigned_number.is_number_reassigned;
  assert.equal(await reassigned('20260301'), 'no');
  assert.equal(await reassigned('20260101'), 'no_data_available');
  assert.equal(await reassigned('soon'), 'no_data_available');
  await server.control('POST', '/clock/advance', { json: { by: '24h' } });
  await server.control('DELETE', `/handsets/${encodeURIComponent(number)}`);
  assert.equal((await look(number, 'line_status')).line_status.status, 'inactive');
  assert.equal(await reassigned('20260301'), 'yes');
  await phone(number, 'New Owner');
  const { sim_swap: swap, line_status: line } = await look(number, 'sim_swap,line_status');
  assert.deepEqual([swap.last_sim_swap.last_sim_swap_date, swap.last_sim_swap.swapped_in_period, line.status], ['2026-03-02T12:00:00Z', true, 'active']);
  await server.control('POST', '/clock/advance', { json: { by: '24h' } });
  assert.equal((await look(number, 'sim_swap')).sim_swap.last_sim_swap.swapped_in_period, false);
  assert.equal(await reassigned('20260303'), 'no');
});

test('an account may know the kind of a number better', async () => {
  const path = '/v2/PhoneNumbers/%2B14159929960/Overrides/line_type_intelligence';
  const ask = async (method, json) => {
    const answer = await server.request('lookups', method, path, { json });
    return { status: answer.status, json: answer.json };
  };
  assert.equal((await ask('GET')).status, 404);
  assert.equal((await ask('PUT', { line_type: 'mobile' })).status, 404);
  const made = await ask('POST', { line_type: 'nonFixedVoip', reason: 'The customer said so' });
  assert.deepEqual([made.status, made.json.original_line_type, made.json.overridden_line_type, made.json.override_reason, made.json.phone_number, made.json.overridden_by_account_sid],
    [201, 'mobile', 'nonFixedVoip', 'The customer said so', '+14159929960', server.sid]);
  assert.equal((await look('+14159929960', 'line_type_intelligence')).line_type_intelligence.type, 'nonFixedVoip');
  assert.deepEqual([(await ask('PUT', { line_type: 'pager' })).status, (await ask('GET')).json.overridden_line_type], [200, 'pager']);
  assert.equal((await ask('POST', { line_type: 'brick' })).json.code, 20001);
  assert.equal((await server.request('lookups', 'GET', path.replace('line_type_intelligence', 'caller_name'))).status, 400);
  assert.equal((await ask('DELETE')).status, 204);
  assert.equal((await look('+14159929960', 'line_type_intelligence')).line_type_intelligence.type, 'mobile');
  assert.equal((await ask('DELETE')).status, 404);
});

test('many numbers are looked up at once, in their order', async () => {
  const answer = await server.request('lookups', 'POST', '/v2/batch/query', { json: { phone_numbers: [
    { correlation_id: 'one', phone_number: '+14159929960', fields: ['caller_name', 'identity_match'], identity_match: { first_name: 'Ada' } },
    { correlation_id: 'two', phone_number: '020 7183 8750', country_code: 'GB', fields: ['line_type_intelligence'] },
    { phone_number: '+1415' }] } });
  assert.equal(answer.status, 200, answer.text);
  const [one, two, three] = answer.json.phone_numbers;
  assert.deepEqual([one.correlation_id, one.caller_name.caller_name, one.identity_match.first_name_match], ['one', 'Ada Lovelace', 'exact_match']);
  assert.deepEqual([two.phone_number, two.line_type_intelligence.type, two.caller_name], ['+442071838750', 'landline', undefined]);
  assert.deepEqual([three.valid, three.validation_errors, three.correlation_id], [false, ['TOO_SHORT'], undefined]);
  for (const json of [{}, { phone_numbers: [] }, { phone_numbers: [{}] }, { phone_numbers: Array(1001).fill({ phone_number: '+1' }) }])
    assert.equal((await server.request('lookups', 'POST', '/v2/batch/query', { json })).status, 400);
});
