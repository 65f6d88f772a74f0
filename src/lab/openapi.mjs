// The control API described once, as an OpenAPI document. The program is linked with it and serves it, the console's
// types are made of it, and a test holds the answers against it: openapi.mjs OUTPUT

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { any, arr, bool, en, int, map, nul, num, obj, ref, schemas, str, time } from './openapi_schemas.mjs';

const paths = {};

function parameter([name, given]) {
  if (typeof given === 'string') return { name, in: 'query', schema: str(), description: given };
  const { description, ...schema } = given;
  return { name, in: 'query', schema, description };
}

/** `query`: names with what they mean, a text or a schema. `body`, `multipart`: members, or a schema. `open`: needs no credentials. */
function op(method, path, summary, { answer, status = 200, query = {}, body, multipart, type = 'application/json', open = false } = {}) {
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: str() }));
  parameters.push(...Object.entries(query).map(parameter));
  const content = {};
  if (body) content['application/json'] = { schema: body.allOf ? body : obj(body) };
  if (multipart) content['multipart/form-data'] = { schema: obj(multipart) };
  (paths[path] ??= {})[method.toLowerCase()] = {
    summary,
    ...(open ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { content } } : {}),
    responses: {
      [status]: { description: 'Done', ...(answer ? { content: { [type]: { schema: answer } } } : {}) },
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

const list = (key, item) => obj({ [key]: arr(item) });
op('GET', '/handsets', 'All handsets', { answer: list('handsets', ref('Handset')) });
op('POST', '/handsets', 'A new handset', {
  status: 201, answer: ref('Handset'),
  body: { 'number?': str('E.164; without it the next free one'), 'name?': str('shown beside the number') },
});
op('GET', '/handsets/{number}', 'One handset', { answer: ref('Handset') });
op('DELETE', '/handsets/{number}', 'Removes a handset and all it kept', { status: 204 });
op('GET', '/handsets/{number}/messages', 'What a handset received, newest first; or waits for it', {
  answer: list('messages', ref('HandsetMessage')),
  query: {
    wait: num('seconds; blocks until a message fits, or answers 408'), from: 'only from this number', contains: 'only with this in the text',
    after: 'a message\'s SID or a date: only what came later',
    direction: { ...en('inbound', 'outbound', 'all'), description: 'inbound if not given' }, limit: int('1 to 1000, default 50'),
  },
});
op('POST', '/handsets/{number}/messages', 'The handset sends a message', {
  status: 201, answer: ref('HandsetMessage'),
  body: {
    to: str('the number it writes to'), 'body?': str('the text'), 'media_urls?': arr(str(), 'URLs of pictures, which are fetched'),
    'media?': arr(obj({ content_type: str(), data: str('base64') }), 'files of the phone'),
  },
  multipart: {
    to: str(), 'body?': str(), 'media_urls?': arr(str()), 'media?': arr({ type: 'string', format: 'binary' }, 'files, under any name'),
  },
});
op('GET', '/handsets/{number}/messages/{sid}/media/{index}', 'A picture that a handset received or sent', {
  type: '*/*', answer: { type: 'string', format: 'binary' },
});
op('POST', '/handsets/{number}/caller_id', 'The handset enters the code that lets its number be a caller ID', {
  status: 201, answer: ref('CallerId'),
  body: { code: str('the six digits that the API gave and the handset was sent') },
});
op('GET', '/mailboxes/{address}', 'Mails that Verify sent to an address, newest first', {
  answer: list('mails', ref('Mail')), query: { limit: int('1 to 1000, default 50') },
});
op('GET', '/verify-services/{sid}', 'What Twilio\'s Console sets for a Verify service', { answer: ref('VerifySettings') });
op('POST', '/verify-services/{sid}', 'Changes the settings that the body names', {
  answer: ref('VerifySettings'),
  body: {
    'channels_off?': arr(en('sms', 'whatsapp', 'rcs', 'email', 'sna')), 'blocked_countries?': arr(str('ISO code')),
    'blocked_prefixes?': arr(str('like +44700')), 'china_vetted?': bool(), 'mailer?': nul(ref('Mailer')),
  },
});
op('GET', '/deactivations/{account}/{date}', 'The report of a day to which messaging\'s Deactivations leads for two minutes: removed handsets of the US', {
  open: true, type: 'text/plain', answer: str('a number a line'), query: { Expires: 'until when', Signature: 'proof of it' },
});
op('GET', '/media/{account}/{hash}', 'A picture, at the address to which a Media resource leads for some hours', {
  open: true, type: '*/*', answer: { type: 'string', format: 'binary' },
  query: { Type: 'its type', Expires: 'until when', Signature: 'proof of both' },
});
op('POST', '/short-codes', 'Gives the account a short code', {
  status: 201, answer: ref('ShortCode'),
  body: { short_code: str('3 to 8 digits'), 'sms_url?': str('where its messages go') },
});
op('POST', '/registrations/{sid}', 'Decides on a brand, a campaign or a toll-free verification, as its reviewer would', {
  answer: any('the resource as its REST address shows it'),
  body: {
    status: str('APPROVED, FAILED, VERIFIED, TWILIO_APPROVED, TWILIO_REJECTED, …'), 'reason?': str('why it failed'),
    'error_code?': int('Twilio\'s code of that'),
  },
});
op('GET', '/link-domains', 'The account\'s domains for short links', { answer: list('domains', ref('LinkDomain')) });
op('POST', '/link-domains', 'Gives the account a domain for short links', {
  status: 201, answer: ref('LinkDomain'),
  body: { name: str('such as links.example.com') },
});
op('GET', '/messaging-services/{sid}/opt-out', 'Words and answers for STOP, START and HELP of a messaging service', { answer: ref('OptOut') });
const group = obj({ 'keywords?': arr(str()), 'answer?': str() });
op('PUT', '/messaging-services/{sid}/opt-out', 'Turns Advanced Opt-Out of a messaging service on; what is absent stays as usual', {
  answer: ref('OptOut'),
  body: { 'stop?': group, 'start?': group, 'help?': group },
});
op('DELETE', '/messaging-services/{sid}/opt-out', 'Turns Advanced Opt-Out of a messaging service off', { answer: ref('OptOut') });
op('GET', '/events', 'The journal as server-sent events, each with a JournalEntry; goes on after the header Last-Event-ID', {
  type: 'text/event-stream', answer: ref('JournalEntry'),
  query: { after: int('a position: begin after it (default: now)'), kind: 'only kinds that begin so, e.g. message.' },
});
op('GET', '/await', 'Waits for the first journal entry that fits; answers 408 when none comes in time', {
  answer: {
    allOf: [ref('JournalEntry'), obj({
      groups: arr(nul(str()), 'of the regular expressions'), 'exchange?': ref('Exchange'), 'alert?': ref('Alert'),
    })],
  },
  query: {
    kind: 'message, webhook, alert, handset, …, or a whole kind such as message.delivered',
    to: 'a member of the entry\'s data, as are from, status and others',
    'body~': 'a regular expression over a member; its groups are in the answer', subject: 'SID or number that the entry is about',
    after: int('a position of the journal: only later entries (default: from now on)'), timeout: '10s (default), 500ms, at most 300s',
  },
});
op('GET', '/exchanges', 'What was said to webhooks and back, newest first', {
  answer: list('exchanges', ref('Exchange')),
  query: { subject: 'only for this message or call', after: 'an exchange\'s SID: only older ones' },
});
op('GET', '/exchanges/{sid}', 'One exchange, whole', { answer: ref('Exchange') });
op('POST', '/exchanges/{sid}/replay', 'Sends the request of an exchange again; the answer is kept and not carried out', {
  status: 201, answer: ref('Exchange'),
});
op('GET', '/alerts', 'Alerts, newest first', {
  answer: list('alerts', ref('Alert')),
  query: { resource: 'only for this message or call', after: 'an alert\'s SID: only older ones' },
});
op('GET', '/alerts/groups', 'The newest alerts, equal ones as one row with a count', {
  answer: obj({ groups: arr(ref('AlertGroup')), complete: bool('false: there are older ones that were not looked at') }),
  query: { code: 'only this error code', level: { ...en('error', 'warning'), description: 'only this level' } },
});
op('GET', '/alerts/{sid}', 'One alert with its whole exchange: requests, answers, timing', { answer: ref('Alert') });
const filters = {
  sid: 'begins so', from: 'sender', to: 'receiver', direction: 'inbound, outbound, or a kind of it (outbound-reply)', status: 'e.g. delivered',
  text: 'in the body', since: 'ISO 8601: made then or later', until: 'ISO 8601: made before',
};
op('GET', '/messages', 'Messages by more filters than Twilio\'s list has, newest first, text and pictures by age', {
  answer: obj({ messages: arr(ref('Message')), next: nul(str('to be given as after; null: that was all')) }),
  query: { ...filters, after: 'a message\'s SID: only older ones', limit: int('1 to 1000, default 100') },
});
op('GET', '/messages.csv', 'The same as a table (RFC 4180), all that fit', { type: 'text/csv', answer: str(), query: filters });
op('GET', '/messages/{sid}', 'One message\'s whole life: statuses with their times, segments, media, exchanges, alerts', {
  answer: ref('MessageDetail'),
});
op('GET', '/bins', 'TwiML Bins, newest first', { answer: list('bins', ref('Bin')) });
op('POST', '/bins', 'A new TwiML Bin, served at https://handler.twilio.com/twiml/EH…', {
  status: 201, answer: ref('Bin'),
  body: { friendly_name: str('shown in lists'), twiml: str('the document; may have {{From}} and the like') },
});
op('POST', '/bins/validate', 'What is wrong with a document, or strange', {
  answer: list('findings', ref('Finding')),
  body: { twiml: str('the document') },
});
op('GET', '/bins/{sid}', 'One TwiML Bin', { answer: ref('Bin') });
op('POST', '/bins/{sid}', 'Changes a TwiML Bin', {
  answer: ref('Bin'),
  body: { 'friendly_name?': str('the new name'), 'twiml?': str('the new document') },
});
op('DELETE', '/bins/{sid}', 'Removes a TwiML Bin', { status: 204 });
op('GET', '/search', 'Anything by its SID, number, name or text', {
  answer: list('results', ref('SearchResult')),
  query: { q: 'at least two characters' },
});
op('GET', '/catalogue', 'Every operation of Twilio\'s API, in brief', {
  open: true,
  answer: obj({ operations: arr({ type: 'array', items: str(), minItems: 5, maxItems: 5 }, 'each [document, operation, method, product, path]') }),
});
op('GET', '/catalogue/{document}/{operation}', 'One operation with its parameters', { open: true, answer: ref('Operation') });
op('GET', '/clock', 'The time that the program shows', { answer: ref('Clock') });
op('POST', '/clock/freeze', 'Stops the clock', { answer: ref('Clock') });
op('POST', '/clock/resume', 'Lets the clock run on from the time it shows', { answer: ref('Clock') });
op('POST', '/clock/set', 'Sets the clock; timers that are due by then run', { answer: ref('Clock'), body: { time: time('ISO 8601') } });
op('POST', '/clock/advance', 'Moves the clock forward; timers that are due by then run', {
  answer: ref('Clock'),
  body: { by: str('90s, 15m, 2h, 7d') },
});
op('POST', '/clock/auto', 'Stops the clock, and jumps to the next timer whenever nothing is left to do', {
  answer: ref('Clock'),
  body: {
    'until?': str('a time, or 7d from now: no jump beyond it'),
    'quiet?': str('how long nothing must have happened, in real time: 20ms (default), at most 10s'),
  },
});
op('GET', '/faults', 'The account\'s faults, with what they have struck', { answer: list('faults', ref('Fault')) });
op('POST', '/faults', 'Something that goes wrong on purpose; a tenant\'s strikes only itself', {
  status: 201, answer: ref('Fault'),
  body: {
    allOf: [ref('FaultStep'), obj({
      'script?': arr(ref('FaultStep'), 'steps in place of do'), 'to?': str('a receiver: a number, or a prefix that ends with *'),
      'from?': str('a sender, likewise'), 'url?': str('a webhook: a host, the beginning of a URL, or *'),
      'skip?': int('lets so many go first'), 'times?': int('strikes so many times'),
      'probability?': num('strikes with this probability, 0 to 1'), 'seed?': int('of the probability: the same seed strikes the same way'),
    })],
  },
});
op('DELETE', '/faults', 'Removes all faults of the account', { status: 204 });
op('GET', '/faults/{sid}', 'One fault', { answer: ref('Fault') });
op('DELETE', '/faults/{sid}', 'Removes a fault', { status: 204 });
op('POST', '/reset', 'Back to the state after the first start', { status: 204 });
op('GET', '/snapshots', 'All snapshots', { answer: list('snapshots', ref('Snapshot')) });
op('POST', '/snapshots', 'Keeps the whole state under a name, in place of what had that name', {
  status: 201, answer: ref('Snapshot'),
  body: { name: str('letters, digits, dots, dashes and underscores') },
});
op('POST', '/snapshots/{name}/restore', 'Brings a snapshot back', { status: 204 });
op('DELETE', '/snapshots/{name}', 'Removes a snapshot', { status: 204 });
op('GET', '/tenants', 'All tenants, oldest first', { answer: list('tenants', ref('Tenant')) });
op('POST', '/tenants', 'A subaccount for one test, with number, handset and credentials of its own', {
  status: 201, answer: ref('Tenant'),
  body: {
    'name?': str('a name for people'), 'numbers?': int('how many Twilio numbers (default 1)'),
    'handsets?': int('how many phones (default 1)'), 'number?': map(str(), 'parameters of the numbers, such as SmsUrl'),
    'trial?': bool('true: a trial account'),
  },
});
op('DELETE', '/tenants/{sid}', 'Removes a tenant and all that belongs to it', { status: 204 });
op('GET', '/settings', 'What Twilio\'s console sets for the account', { answer: ref('Settings') });
op('POST', '/settings', 'Changes the settings that the body names', {
  answer: ref('Settings'),
  body: {
    'debugger_webhook?': nul(str('URL that is told of each alert; null for none')),
    'webhook_tls?': { ...en('verify', 'skip'), description: 'whether certificates of webhooks must be valid' },
  },
});
op('POST', '/signature/explain', 'What was signed, and which other reading of the request would give a signature', {
  answer: obj({ url: str(), signed_text: str(), signature: str(), verdict: str(), variants: arr(ref('Reading')) }),
  body: { url: str('as configured'), 'params?': any('the form\'s parameters'), 'signature?': str('the one that was computed elsewhere') },
});
op('POST', '/resources', 'Makes a resource that only Twilio can make (a recording, a participant), as if it had happened', {
  status: 201, answer: any(),
  body: { url: str('its address at Twilio, or its collection\'s'), 'properties?': any('properties to set') },
});
op('GET', '/health', 'Is the program well?', {
  open: true, answer: obj({ status: en('ok'), program: str(), version: str(), pid: int(), time: time(), journal_position: int() }),
});
op('GET', '/coverage', 'Every operation, and whether it has a behaviour of its own', {
  open: true,
  answer: obj({
    documents: int(), total: int(), own: int(), generic: int(), none: int(),
    operations: arr(obj({
      document: str(), host: str(), method: str(), path: str(), operation: str(), behaviour: en('own', 'generic', 'none'),
    })),
  }),
});
op('GET', '/openapi.json', 'This description', { open: true, answer: any() });

export const document = {
  openapi: '3.0.3',
  info: { title: 'Dialtone control API', version: '1' },
  servers: [{ url: '/_dialtone/v1' }],
  security: [{ basic: [] }],
  paths,
  components: {
    securitySchemes: { basic: { type: 'http', scheme: 'basic', description: 'account SID and auth token' } },
    responses: { Error: { description: 'Why not', content: { 'application/json': { schema: ref('Error') } } } },
    schemas,
  },
};

if (process.argv[1] === import.meta.filename) {
  mkdirSync(dirname(process.argv[2]), { recursive: true });
  writeFileSync(process.argv[2], JSON.stringify(document));
}
