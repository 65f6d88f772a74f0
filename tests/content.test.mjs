// Templates of the Content API: made, changed, listed, submitted; and messages made of them.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Hooks } from './support/hooks.mjs';
import { Server } from './support/server.mjs';

let server;
let hooks;
let client;
before(async () => {
  [server, hooks] = await Promise.all([Server.start(), Hooks.start()]);
  client = server.twilio();
});
after(() => Promise.all([server.stop(), hooks.close()]));

const limit = { timeout: 60_000 };
const content = (method, path = '', json = undefined) => server.request('content', method, `/v1/Content${path}`, { json });
const make = async (types, variables) => {
  const answer = await content('POST', '', { friendly_name: 'greeting', language: 'en', types, ...(variables ? { variables } : {}) });
  assert.equal(answer.status, 201, answer.text);
  return answer.json;
};

test('a template is made, fetched, changed, listed and deleted, by the SDK', limit, async () => {
  const made = await client.content.v1.contents.create({ friendly_name: 'sdk', language: 'en', variables: { 1: 'you' }, types: { 'twilio/text': { body: 'Hello {{1}}' } } });
  assert.match(made.sid, /^HX[0-9a-f]{32}$/);
  assert.deepEqual(made.types, { 'twilio/text': { body: 'Hello {{1}}' } });
  assert.deepEqual(made.variables, { 1: 'you' });
  assert.equal(made.links.approval_fetch, `https://content.twilio.com/v1/Content/${made.sid}/ApprovalRequests`);
  assert.equal((await client.content.v1.contents(made.sid).fetch()).friendlyName, 'sdk');
  const changed = await content('PUT', `/${made.sid}`, { types: { 'twilio/text': { body: 'Bye {{1}}' } } });
  assert.deepEqual([changed.status, changed.json.types['twilio/text'].body, changed.json.friendly_name], [200, 'Bye {{1}}', 'sdk']);
  assert.deepEqual((await client.content.v1.contents.list()).map((each) => each.sid), [made.sid]);
  assert.deepEqual((await client.content.v2.contents.list({ contentName: 'sd', language: 'en' })).map((each) => each.sid), [made.sid]);
  assert.deepEqual(await client.content.v2.contents.list({ language: 'fr' }), []);
  assert.equal(await client.content.v1.contents(made.sid).remove(), true);
  assert.equal((await content('GET', `/${made.sid}`)).status, 404);
});

test('what is no template is refused', limit, async () => {
  for (const json of [{}, { language: 'en' }, { language: 'en', types: {} }, { language: 'en', types: { 'twilio/nothing': {} } }, { language: 'en', types: { 'twilio/text': {} } },
    { language: 'en', types: { 'twilio/text': { body: 7 } } }, { language: 'en', types: { 'twilio/text': { body: 'x' } }, variables: { 1: 2 } }]) {
    const answer = await content('POST', '', json);
    assert.deepEqual([answer.status, answer.json.code], [400, 20001], JSON.stringify(json));
  }
});

test('a template is submitted, and told of in lists', limit, async () => {
  const made = await make({ 'twilio/text': { body: 'x' } });
  const path = `/${made.sid}/ApprovalRequests`;
  assert.equal((await content('GET', path)).json.whatsapp.status, 'unsubmitted');
  assert.equal((await content('POST', `${path}/whatsapp`, { name: 'Not Good', category: 'UTILITY' })).status, 400);
  const submitted = await content('POST', `${path}/whatsapp`, { name: 'good_name', category: 'UTILITY' });
  assert.deepEqual([submitted.status, submitted.json.status, submitted.json.content_type], [201, 'received', 'twilio/text']);
  const approval = (await content('GET', path)).json;
  assert.deepEqual([approval.sid, approval.whatsapp.name, approval.whatsapp.category, approval.whatsapp.status], [made.sid, 'good_name', 'UTILITY', 'approved']);
  const other = await make({ 'twilio/text': { body: 'y' } });
  const listed = await client.content.v1.contentAndApprovals.list();
  assert.equal(listed.find((each) => each.sid === made.sid).approvalRequests.status, 'approved');
  assert.equal(listed.find((each) => each.sid === other.sid).approvalRequests.status, 'unsubmitted');
});

test('messages are made of templates', limit, async () => {
  const picture = hooks.on('/7.png', { headers: { 'Content-Type': 'image/png' }, body: 'png' });
  const cases = [
    [{ 'twilio/text': { body: 'Hello {{1}}, {{ day }}!' } }, { 1: 'you', day: 'Monday' }, { 1: 'Ann' }, 'Hello Ann, Monday!'],
    [{ 'twilio/text': { body: 'no variables' } }, undefined, undefined, 'no variables'],
    [{ 'twilio/quick-reply': { body: 'Coming, {{1}}?', actions: [{ title: 'Yes', id: 'y' }] } }, undefined, { 1: 'Bob' }, 'Coming, Bob?'],
    [{ 'twilio/quick-reply': { body: 'rich', actions: [{ title: 'Yes' }] }, 'twilio/text': { body: 'plain' } }, undefined, undefined, 'plain'],
    [{ 'twilio/card': { title: 'Title {{1}}', subtitle: 'Sub', actions: [] } }, { 1: '1' }, undefined, 'Title 1\nSub'],
    [{ 'twilio/media': { body: 'look, {{1}}', media: [picture.replace('7', '{{n}}')] } }, { n: '7' }, { 1: 'Cy' }, 'look, Cy', 1],
  ];
  for (const [types, variables, given, body, pictures = 0] of cases) {
    const { sid } = await make(types, variables);
    const sent = await client.messages.create({ to: server.handset, from: server.number, contentSid: sid, ...(given ? { contentVariables: JSON.stringify(given) } : {}) });
    assert.deepEqual([sent.body, sent.numMedia], [body, String(pictures)]);
    const got = await server.waitForMessage(server.handset, { contains: body });
    assert.equal(got.sid, sent.sid);
    assert.equal((got.media ?? []).length, pictures);
  }
});

test('what is wrong with the template or its variables is told', limit, async () => {
  const { sid } = await make({ 'twilio/text': { body: 'Hello {{1}}' } });
  const odd = await make({ 'twilio/text': { body: 'Hello {{1}' } }, { 1: 'x' });
  const empty = await make({ 'twilio/text': { body: 'Hello {{}}' } });
  const other = await make({ 'whatsapp/card': { body: 'only there' } });
  for (const [form, code] of [[{ ContentVariables: '{}' }, 21654], [{ ContentSid: 'HX1' }, 21655], [{ ContentSid: `HX${'0'.repeat(32)}` }, 21655], [{ ContentSid: other.sid }, 21655],
    [{ ContentSid: sid }, 21656], [{ ContentSid: sid, ContentVariables: 'x' }, 21656], [{ ContentSid: sid, ContentVariables: '[]' }, 21656], [{ ContentSid: sid, ContentVariables: '{"1": null}' }, 21656],
    [{ ContentSid: sid, ContentVariables: '{"1": ""}' }, 21656], [{ ContentSid: sid, ContentVariables: '{"2": "x"}' }, 21656], [{ ContentSid: odd.sid }, 21656], [{ ContentSid: empty.sid }, 21656]]) {
    const answer = await server.messages('', 'POST', { To: server.handset, From: server.number, ...form });
    assert.deepEqual([answer.status, answer.json.code], [400, code], JSON.stringify(form));
  }
});
