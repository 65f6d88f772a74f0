// Walks all operations of the documents against a running program, parents before children: creates, fetches, lists,
// updates and deletes, and checks each answer against its document. What the API cannot create is made through the
// control API, so that the rest of its operations meet content.

import { execFileSync } from 'node:child_process';
import { createSign, generateKeyPairSync } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { upload } from './functions.mjs';
import { Passkey } from './passkey.mjs';
import { Catalogue, Values, isPlaceholder, merged, shapeOf, snake } from './openapi.mjs';

const paging = new Set(['PageToken', 'Page', 'pageToken', 'page', 'Token']);

/** Makes what comes into a messaging service's pool, and a domain for short links: they are there before. */
export async function stock(server) {
  server.spare = { numbers: [], shortCodes: [], channelSenders: [] };
  for (let i = 0; i < 8; ++i) {
    server.spare.numbers.push((await server.newNumber({ AreaCode: '707' })).sid);
    server.spare.shortCodes.push((await server.control('POST', '/short-codes', { json: { short_code: `5550${i}` } })).json.sid);
    const sender = await server.request('messaging', 'POST', '/v2/Channels/Senders', { json: { sender_id: `whatsapp:+1707555000${i}` } });
    server.spare.channelSenders.push(sender.json.sid);
  }
  server.linkDomain = (await server.control('POST', '/link-domains', { json: { name: 'links.walk.example' } })).json.sid;
  server.linkServices = [];
  for (let i = 0; i < 2; ++i) server.linkServices.push(await newService(server));
  await server.request('messaging', 'POST', `/v1/LinkShortening/Domains/${server.linkDomain}/MessagingServices/${server.linkServices[0]}`);
}

const newService = async (server) => (await server.request('messaging', 'POST', '/v1/Services', { form: { FriendlyName: 'links' } })).json.sid;
const keyAndCertificate = () => execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', '-', '-days', '30', '-subj', '/CN=links.walk.example'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
/** The reviewer decides on all registrations of a kind. */
const decide = async (walk, path, key, status) => {
  const { json } = await walk.server.request('messaging', 'GET', path);
  for (const each of json[key]) await walk.server.control('POST', `/registrations/${each.sid}`, { json: { status, reason: 'x', error_code: 30795 } });
};
const brands = '/v1/a2p/BrandRegistrations';
const bundles = { CustomerProfileBundleSid: `BU${'0'.repeat(32)}`, A2PProfileBundleSid: `BU${'1'.repeat(32)}` };
const text = 'What a reviewer reads: it is long enough for that.';
const campaignTexts = { Description: text, MessageFlow: text, MessageSamples: [text, text], OptInMessage: text, OptOutMessage: text, HelpMessage: text };
const approvedBrand = async (walk) => {
  const { json } = await walk.server.request('messaging', 'POST', brands, { form: bundles });
  await walk.server.control('POST', `/registrations/${json.sid}`, { json: { status: 'APPROVED' } });
  return json.sid;
};
const campaigns = (walk) => `/v1/Services/${walk.live.get(shapeOf('messaging', ['v1', 'Services', '{Sid}']))}/Compliance/Usa2p`;
const tollFree = async (walk) => (await walk.server.newNumber({ AreaCode: '', PhoneNumber: `+1888555${next()}` })).sid;
const permission = '{"allow":["/twilio/messaging/messages/list"]}';
const verifyPath = (walk) => `/v2/Services/${walk.live.get(shapeOf('verify', ['v2', 'Services', '{Sid}']))}`;
const passkeyFactor = { friendly_name: 'laptop', identity: 'walk-passkeys', config: { relying_party: { id: 'example.com', name: 'x', origins: ['https://example.com'] } } };
const passkey = async (walk) => {
  const device = new Passkey();
  const { json } = await walk.server.request('verify', 'POST', `${verifyPath(walk)}/Passkeys/Factors`, { json: passkeyFactor });
  return { device, sid: json.sid, registration: device.create(json.options) };
};
const verifiedPasskey = async (walk) => {
  const made = await passkey(walk);
  await walk.server.request('verify', 'POST', `${verifyPath(walk)}/Passkeys/VerifyFactor`, { json: made.registration });
  return made;
};
/** A phone that has proved itself. */
const verifiedFactor = async (walk) => {
  const entity = `/v2/Services/${walk.live.get(shapeOf('verify', ['v2', 'Services', '{Sid}']))}/Entities/${walk.live.get(shapeOf('verify', ['v2', 'Services', '{ServiceSid}', 'Entities', '{Identity}']))}`;
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const made = await walk.server.request('verify', 'POST', `${entity}/Factors`, { form: { FriendlyName: 'phone', FactorType: 'push', 'Binding.Alg': 'ES256',
    'Binding.PublicKey': keys.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'), 'Config.AppId': 'walk', 'Config.NotificationPlatform': 'fcm', 'Config.NotificationToken': 'x' } });
  const proof = createSign('SHA256').update(made.json.sid).sign(keys.privateKey).toString('base64');
  await walk.server.request('verify', 'POST', `${entity}/Factors/${made.json.sid}`, { form: { AuthPayload: proof } });
  return { FactorSid: made.json.sid };
};

/** Values that only the program under test can name: what is sent must be sendable. By operation, or by document and
 *  operation where several have the name. `before`: gives more of them; `omit`: not sent; `query`: of a GET; `as`: gives the
 *  credentials to use; `once`: called with all parameters only; `json`: members of a JSON body; `excuse`: a complaint that is right; `finishes`: the resource is not found
 *  afterwards, so it is done to one that is not needed any more. */
let numbers = 2000;
const next = () => String(++numbers).padStart(4, '0');
/** Each is taken once: a service has one configuration for a country. */
const countries = ['DE', 'FR', 'GB', 'IT', 'ES', 'NL', 'SE', 'PL'];
const place = { query: { AreaCode: '510', Contains: '510555', InLocality: 'Oakland', InRegion: 'CA', NearNumber: '+15105550100', NearLatLong: '37.8,-122.27', Distance: '25' } };
/** SIDs of things that must be there. */
const theirs = ['SmsApplicationSid', 'VoiceApplicationSid', 'AddressSid', 'BundleSid'];  // there is none of the sample's SID
const verifyService = {
  CodeLength: '6', Psd2Enabled: 'false', 'Totp.TimeStep': '30', 'Totp.CodeLength': '6', 'Totp.Skew': '1', 'Passkeys.AuthenticatorAttachment': 'any',
  'Passkeys.DiscoverableCredentials': 'preferred', 'Passkeys.UserVerification': 'preferred', omit: ['DefaultTemplateSid', 'Whatsapp.MsgServiceSid', 'Whatsapp.From'],
};
const given = (server) => ({
  CreateMessage: { To: server.handset, From: server.number, Body: 'Hello', ProvideFeedback: 'true', omit: ['ContentSid', 'ContentVariables', 'MessagingServiceSid', 'SendAt', 'ScheduleType', 'MediaUrl', 'ContentRetention', 'AddressRetention', 'RiskCheck', 'StatusCallback', 'ApplicationSid', 'FallbackFrom'] },
  UpdateMessage: { Body: '', omit: ['Status'] },
  CreateIncomingPhoneNumber: { omit: ['AreaCode', ...theirs], get PhoneNumber() { return `+1415555${next()}`; } },
  CreateIncomingPhoneNumberLocal: { omit: theirs, get PhoneNumber() { return `+1510555${next()}`; } },
  CreateIncomingPhoneNumberMobile: { omit: [...theirs, 'VoiceCallerIdLookup'], get PhoneNumber() { return `+44740012${next()}`; } },
  CreateIncomingPhoneNumberTollFree: { omit: theirs, get PhoneNumber() { return `+1800555${next()}`; } },
  ...Object.fromEntries(['Local', 'MachineToMachine', 'Mobile', 'National', 'SharedCost', 'TollFree', 'Voip'].map((kind) => [`ListAvailablePhoneNumber${kind}`, place])),
  'messaging_v1 CreatePhoneNumber': { get PhoneNumberSid() { return server.spare?.numbers.pop() ?? `PN${'0'.repeat(32)}`; } },
  'messaging_v1 CreateShortCode': { get ShortCodeSid() { return server.spare?.shortCodes.pop() ?? `SC${'0'.repeat(32)}`; } },
  'messaging_v1 CreateChannelSender': { get Sid() { return server.spare?.channelSenders.pop() ?? `XE${'0'.repeat(32)}`; } },
  'messaging_v1 CreateService': { omit: ['ValidityPeriod'] },
  'messaging_v1 UpdateService': { omit: ['ValidityPeriod'] },
  CreateDestinationAlphaSender: { IsoCountryCode: 'DE' },
  CreateApprovalCreate: { json: { name: 'good_name' } },
  CreateContent: { json: { types: { 'twilio/text': { body: 'x' } } } },
  UpdateContent: { json: { types: { 'twilio/text': { body: 'x' } } } },
  'verify_v2 CreateService': verifyService,
  'verify_v2 UpdateService': verifyService,
  'accounts_v1 CreateSafelist': { get PhoneNumber() { return server.safe = `+1415555${next()}`; } },
  'accounts_v1 FetchSafelist': { query: { get PhoneNumber() { return server.safe; } } },
  'accounts_v1 DeleteSafelist': { query: { get PhoneNumber() { return server.safe; } } },
  CreateVerification: { Channel: 'sms', omit: ['CustomCode', 'RateLimits', 'TemplateSid', 'Amount', 'Payee', 'DeviceIp', 'Tags', 'AppHash', 'Templates'], get To() { return `+1415555${next()}`; } },
  UpdateVerification: { Status: 'canceled', finishes: true },
  ...Object.fromEntries(['', 'AllTime', 'Daily', 'LastMonth', 'Monthly', 'ThisMonth', 'Today', 'Yearly', 'Yesterday'].map((view) =>
    [`ListUsageRecord${view}`, { query: { Category: 'sms', StartDate: '2026-01-01', EndDate: '2026-01-31' } }])),
  UpdateBundle: { omit: ['Status'] },  // it is updated alone
  UpdateIncomingPhoneNumber: { omit: ['AccountSid', ...theirs] },  // it would go to another account
  CreateBucket: { get Interval() { return String(Number(next())); } },
  UpdateBucket: { get Interval() { return String(Number(next())); } },
  CreateUsageTrigger: { UsageCategory: 'sms', TriggerValue: '1000' },
  CreateAddress: { IsoCountry: 'US', PostalCode: '94612' },
  CreateValidationRequest: { CallDelay: '0', get PhoneNumber() { return `+1415555${next()}`; } },
  CreateNewKey: { AccountSid: server.sid, KeyType: 'restricted', Policy: permission },
  UpdateKey: { Policy: permission },
  UpdateMessagingGeopermissions: { Permissions: '{"country_code":"GB","type":"country","enabled":true}' },
  CreateBrandRegistrations: { ...bundles, BrandType: 'SOLE_PROPRIETOR' },
  UpdateBrandRegistrations: { before: async (walk) => { await decide(walk, brands, 'data', 'FAILED'); } },
  CreateBrandVetting: { VettingProvider: 'aegis', before: async (walk) => { await decide(walk, brands, 'data', 'APPROVED'); } },
  CreateBrandRegistrationOtp: { before: async (walk) => { await decide(walk, brands, 'data', 'APPROVED'); } },
  CreateUsAppToPerson: { once: true, ...campaignTexts, UsAppToPersonUsecase: 'MIXED', before: async (walk) => ({ BrandRegistrationSid: await approvedBrand(walk) }) },
  UpdateUsAppToPerson: { ...campaignTexts, before: async (walk) => { await decide(walk, campaigns(walk), 'compliance', 'FAILED'); } },
  FetchUsAppToPersonUsecase: { query: { BrandRegistrationSid: '' } },
  CreateExternalCampaign: { before: async (walk) => ({ MessagingServiceSid: await newService(walk.server) }) },
  CreateTollfreeVerification: { before: async (walk) => ({ TollfreePhoneNumberSid: await tollFree(walk) }) },
  UpdateTollfreeVerification: { before: async (walk) => { await decide(walk, '/v1/Tollfree/Verifications', 'verifications', 'TWILIO_REJECTED'); } },
  UpdateDomainCertV4: { get TlsCert() { return server.certificate ??= keyAndCertificate(); } },
  CreateMessagingConfiguration: { get Country() { return countries.shift() ?? 'JP'; }, before: async (walk) => ({ MessagingServiceSid: await newService(walk.server) }) },
  UpdateMessagingConfiguration: { before: async (walk) => ({ MessagingServiceSid: await newService(walk.server) }) },
  CreateEntity: { get Identity() { return `walk-user-${next()}`; } },
  CreateNewFactor: { FactorType: 'totp', omit: ['Binding.Alg', 'Binding.PublicKey', 'Binding.Secret', 'Config.TimeStep', 'Config.Skew', 'Config.CodeLength', 'Config.Alg', 'Metadata'] },
  UpdateFactor: { omit: ['AuthPayload', 'Config.TimeStep', 'Config.Skew', 'Config.CodeLength', 'Config.Alg'] },
  CreateChallenge: { omit: ['AuthPayload', 'ExpirationDate', 'HiddenDetails', 'Details.Fields'], before: verifiedFactor },
  UpdateChallenge: { omit: ['AuthPayload', 'Metadata'] },
  CreateNotification: { Ttl: '60' },
  CreateLookupPhoneNumberOverrides: { json: { line_type: 'mobile' } },
  UpdateLookupPhoneNumberOverrides: { json: { line_type: 'pager' } },
  CreateBulkLookup: { json: { phone_numbers: [{ correlation_id: '1', phone_number: '+14159929960', fields: ['caller_name'] }] } },
  CreateNewFactorPasskey: { json: passkeyFactor },
  UpdatePasskeysFactor: { before: async (walk) => ({ json: (await passkey(walk)).registration }) },
  CreateChallengePasskeys: { json: { identity: 'walk-passkeys', factor_sid: undefined }, before: async (walk) => ({ json: { identity: 'walk-passkeys', factor_sid: (await verifiedPasskey(walk)).sid } }) },
  UpdateChallengePasskeys: { before: async (walk) => {
    const { sid, device } = await verifiedPasskey(walk);
    const { json } = await walk.server.request('verify', 'POST', `${verifyPath(walk)}/Passkeys/Challenges`, { json: { identity: 'walk-passkeys', factor_sid: sid } });
    return { json: device.get(json.options) };
  } },
  CreateAccessToken: { Identity: 'walk-user-1', Ttl: '60' },
  'verify_v2 CreateWebhook': { EventTypes: '*' },
  'verify_v2 UpdateWebhook': { EventTypes: '*' },
  ListGetKeys: { query: { AccountSid: server.sid } },
  // An account that acts for itself is its SID; the document knows people only.
  ListEvent: { excuse: /actor_sid must match pattern/ },
  FetchEvent: { excuse: /actor_sid must match pattern/ },
  // The account of the walk keeps its token.
  UpdateAuthTokenPromotion: {
    as: async () => {
      const { json } = await server.request('api', 'POST', '/2010-04-01/Accounts.json', { form: { FriendlyName: 'Promoted' } });
      const auth = `Basic ${btoa(`${json.sid}:${json.auth_token}`)}`;
      await server.request('accounts', 'POST', '/v1/AuthTokens/Secondary', { auth });
      return auth;
    },
  },
  'serverless_v1 CreateEnvironment': { get DomainSuffix() { return `walk-${next()}`; } },
  CreateBuild: { Runtime: 'node22', omit: ['Dependencies', 'AssetVersions'], before: async (walk) => ({ FunctionVersions: (await uploaded(walk)).sid }) },
  // The second takes off what the first has brought.
  CreateDeployment: { before: async (walk) => (walk.deployed ? { omit: ['BuildSid'] } : { BuildSid: walk.deployed = await built(walk) }) },
  CreateVerificationCheck: { Code: '000000', omit: ['VerificationSid', 'Amount', 'Payee'], get To() { return server.verified; } },
});

/** A build needs a version, and versions come by upload; a deployment needs a build that is completed. */
const service = (walk) => `/v1/Services/${walk.live.get(shapeOf('serverless', ['v1', 'Services', '{Sid}']))}`;
const uploaded = async (walk) => {
  const made = await walk.server.request('serverless', 'POST', `${service(walk)}/Functions`, { form: { FriendlyName: 'walk' } });
  const answer = await upload(walk.server, `${service(walk)}/Functions/${made.json.sid}/Versions`, { path: '/walk', visibility: 'public', content: 'exports.handler = 1;' });
  return answer.json;
};
const built = async (walk) => {
  const sid = walk.live.get(shapeOf('serverless', ['v1', 'Services', '{ServiceSid}', 'Builds', '{Sid}']));
  await walk.server.event('function.built', (each) => each.subject === sid);
  return sid;
};

export class Walk {
  constructor(server) {
    this.server = server;
    this.catalogue = new Catalogue();
    this.values = {};           // by host: hosts are walked at once, and each is to see the same values every time
    this.given = given(server);
    this.coverage = new Map();  // document and operation → own, generic or none, as the program says
    this.outcome = new Map();   // operation → { conforms, failures, absent, none }
    for (const operation of this.catalogue.operations) this.outcome.set(operation, { answers: 0, failures: [], absent: 0, none: 0, seeded: false });
    this.byPath = new Map();    // shape → { methods: Map(method → operations), template, segments }
    for (const operation of this.catalogue.operations) {
      const shape = shapeOf(operation.host, operation.segments);
      if (!this.byPath.has(shape)) this.byPath.set(shape, { shape, host: operation.host, segments: operation.segments, json: operation.template.endsWith('.json'), methods: new Map() });
      const { methods } = this.byPath.get(shape);
      methods.set(operation.method, [...(methods.get(operation.method) ?? []), operation]);
    }
    this.live = new Map();      // shape of an instance path → the id that children live under
    if (server.linkDomain) {
      this.live.set(shapeOf('messaging', ['v1', 'LinkShortening', 'Domains', '{DomainSid}']), server.linkDomain);
      for (const each of ['MessagingService', 'MessagingServices']) this.live.set(shapeOf('messaging', ['v1', 'LinkShortening', each, '{MessagingServiceSid}']), server.linkServices[0]);
    }
    this.problems = [];         // of state: what was made is not there, what was deleted is
  }

  async run() {
    const { json } = await this.server.control('GET', '/coverage');
    for (const each of json.operations) this.coverage.set(`${each.document} ${each.operation}`, each.behaviour);
    const hosts = new Map();
    for (const path of this.byPath.values()) hosts.set(path.host, [...(hosts.get(path.host) ?? []), path]);
    await Promise.all([...hosts.values()].map((paths) => this.walkHost(paths)));
  }

  async walkHost(paths) {
    this.values[paths[0].host] = new Values();
    const families = new Map();
    for (const path of paths) {
      const instance = isPlaceholder(path.segments.at(-1));
      const key = instance ? shapeOf(path.host, path.segments.slice(0, -1)) : path.shape;
      if (!families.has(key)) families.set(key, { host: path.host, depth: key.split('/').length });
      families.get(key)[instance ? 'instance' : 'collection'] = path;
    }
    const sorted = [...families.values()].sort((a, b) => a.depth - b.depth);
    for (const family of sorted) {
      const { collection, instance } = family;
      const list = collection && (this.isList(collection) || (instance && !collection.methods.has('GET')));
      if (collection && !list) {
        await this.walkSingle(collection);
        family.collection = undefined;
      }
      if (list || instance) await this.walkResources(family);
    }
    const deletable = sorted.filter((family) => family.instance?.methods.has('DELETE') && this.live.has(family.instance.shape));
    const gone = [];
    for (const family of deletable) {
      const { shape } = family.instance;
      if (gone.some((each) => shape.startsWith(`${each}/`)) || !this.live.has(shape)) continue;
      await this.deleteWithChildren(family.instance, paths);
      gone.push(shape);
    }
  }

  isList(path) {
    const schema = this.answerSchema(path.methods.get('GET')?.[0]);
    const members = Object.entries(schema?.properties ?? {}).map(([name, each]) => [name, merged(path.methods.get('GET')[0].document.root, each)]);
    const rows = members.filter(([, each]) => each.type === 'array');
    return rows.length > 0 && members.some(([name]) => /^(meta|next_page_uri|has_next|totalResults)$/.test(name));
  }

  answerSchema(operation) {
    const answer = operation && [...operation.answers].find(([status, each]) => status < 300 && each)?.[1];
    return answer ? merged(operation.document.root, answer.schema) : undefined;
  }

  // --- one resource of its kind, or an action -----------------------------------------------------------------------

  async walkSingle(path) {
    const url = this.url(path);
    const { methods } = path;
    const makes = ['POST', 'PUT', 'PATCH'].some((method) => methods.has(method));
    if (methods.has('GET')) {
      const first = await this.call(path, 'GET', url, false, true);
      for (const method of ['PUT', 'POST', 'PATCH']) {
        for (const all of [false, true]) if (methods.has(method)) await this.call(path, method, url, all);
      }
      if (first.status === 404) {
        if (!makes) await this.seed(path, url);
        await this.call(path, 'GET', url, true, false, !makes);
      }
    } else {
      for (const method of ['PUT', 'POST', 'PATCH']) {
        for (const all of [false, true]) if (methods.has(method)) await this.call(path, method, url, all);
      }
    }
    if (methods.has('DELETE')) {
      let answer = await this.call(path, 'DELETE', url, true, true);
      if (answer.status === 404) {
        await this.seed(path, url);
        answer = await this.call(path, 'DELETE', url, true, false, true);
      }
    }
  }

  // --- many of a kind -----------------------------------------------------------------------------------------------

  async walkResources({ host, collection, instance }) {
    const ids = [];
    const bodies = [];
    const base = collection ?? { ...instance, segments: instance.segments.slice(0, -1) };
    const url = this.url(base);
    if (collection?.methods.has('GET')) await this.call(collection, 'GET', url, false);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      if (!collection?.methods.has(method)) continue;
      for (const all of this.own(collection.methods.get(method)[0]).once ? [true] : [false, true]) {
        const answer = await this.call(collection, method, url, all, method === 'DELETE');
        const id = method === 'POST' && answer.ok ? this.idOf(instance, answer.json) : undefined;
        if (collection.methods.get(method)[0].id === 'CreateVerification') this.server.verified ??= answer.json.to;
        if (id === undefined) continue;
        ids.push(id);
        bodies.push(answer.json);
      }
    }
    // A PUT makes what it names.
    if (instance?.methods.has('PUT') && ids.length === 0) {
      for (const all of [false, true]) {
        const id = this.freeId(instance);
        const answer = await this.call(instance, 'PUT', this.url(instance, id), all, true);
        if (answer.ok) ids.push(id);
      }
    }
    let seeded = false;
    if (ids.length === 0) {
      seeded = true;
      for (let i = 0; i < 2; ++i) {
        const id = instance ? this.freeId(instance) : undefined;
        const made = await this.seed(instance ?? collection, instance ? this.url(instance, id) : url);
        if (made && instance) ids.push(id);
      }
    }
    if (collection?.methods.has('GET')) {
      const listed = await this.call(collection, 'GET', url, false, false, seeded);
      const rows = this.rowsOf(listed.json);
      if (rows && instance && ids.length > 0 && rows.length === 0) this.problems.push(`${url} lists nothing of what was made`);
      await this.call(collection, 'GET', url, true);
    }
    if (!instance) return;
    for (const [i, id] of ids.entries()) {
      const here = this.url(instance, id);
      let before;
      if (instance.methods.has('GET')) {
        before = await this.call(instance, 'GET', here, false, false, seeded);
        if (before.ok && bodies[i] && before.headers['dialtone-behaviour'] === 'generic') this.compare(here, bodies[i], before.json);
      }
      for (const method of ['POST', 'PUT', 'PATCH']) {
        if (!instance.methods.has(method)) continue;
        const { finishes } = this.own(instance.methods.get(method)[0]);
        if (finishes) continue;
        for (const all of [false, true]) {
          const answer = await this.call(instance, method, here, all, false, seeded);
          if (answer.ok && answer.json && answer.headers['dialtone-behaviour'] === 'generic') this.compareSent(here, answer);
        }
      }
      if (instance.methods.has('GET')) await this.call(instance, 'GET', here, true, false, seeded);
    }
    for (const [method, [operation]] of instance.methods) {
      if (this.own(operation).finishes && ids.length > 1) await this.call(instance, method, this.url(instance, ids.pop()), false);
    }
    const making = collection?.methods.get('POST')?.[0];
    if (instance.methods.has('DELETE') && (ids.length > 1 || (making && this.own(making).once))) {
      const id = ids.pop();
      const here = this.url(instance, id);
      const answer = await this.call(instance, 'DELETE', here, true, false, seeded);
      if (answer.ok && instance.methods.has('GET')) await this.expectGone(instance, here);
    }
    if (ids.length > 0) this.live.set(instance.shape, ids[0]);
  }

  async deleteWithChildren(instance, paths) {
    const below = paths.filter((path) => path.shape.startsWith(`${instance.shape}/`) && path.methods.has('GET'));
    const urls = below.map((path) => [path, this.url(path)]);
    const here = this.url(instance, this.live.get(instance.shape));
    const answer = await this.call(instance, 'DELETE', here, true);
    if (!answer.ok) return;
    if (instance.methods.has('GET')) await this.expectGone(instance, here);
    for (const [path, url] of urls) await this.expectGone(path, url);
  }

  async expectGone(path, url) {
    const answer = await this.server.request(path.host, 'GET', url);
    if (answer.status === 404 || answer.status === 501) return;
    if (answer.headers['dialtone-behaviour'] !== 'generic') return;  // behaviours of their own have tests of their own
    this.problems.push(`GET ${path.host} ${url} answers ${answer.status} after its resource or a parent was deleted`);
  }

  compare(url, made, fetched) {
    for (const [name, value] of Object.entries(made ?? {})) {
      if (!(name in fetched) || /date|_at$|At$|secret|token/i.test(name)) continue;
      if (!isDeepStrictEqual(fetched[name], value)) {
        this.problems.push(`${url}: ${name} was ${JSON.stringify(value)} when made and is ${JSON.stringify(fetched[name])} when fetched`);
      }
    }
  }

  /** What an update sent is what it answers, where a text of that name is in the answer. */
  compareSent(url, answer) {
    for (const [name, value] of Object.entries(answer.sent?.form ?? {})) {
      const shown = answer.json[snake(name)];
      if (typeof shown !== 'string' || typeof value !== 'string' || /^\d{4}-\d\d-\d\d|^\w{3}, /.test(shown)) continue;
      if (/^(unique_?name|(account_?)?sid)$/i.test(name) || url.endsWith(`/${shown}`)) continue;  // the resource keeps its name
      if (shown !== value) this.problems.push(`${url}: ${name} was set to ${value} and is ${shown}`);
    }
  }

  // --- requests -----------------------------------------------------------------------------------------------------

  /** Fills the template with the living parents; `id` is the last placeholder's value. */
  url(path, id) {
    const parts = path.segments.map((segment, i) => {
      if (!isPlaceholder(segment)) return segment;
      if (id !== undefined && i === path.segments.length - 1) return encodeURIComponent(id);
      if (path.host === 'api' && segment === '{AccountSid}') return this.server.sid;
      const shape = shapeOf(path.host, path.segments.slice(0, i + 1));
      if (!this.live.has(shape)) this.live.set(shape, this.freeId(path, segment));
      return encodeURIComponent(this.live.get(shape));
    });
    return `/${parts.join('/')}${path.json ? '.json' : ''}`;
  }

  freeId(path, segment = path.segments.at(-1)) {
    const name = segment.slice(1, -1);
    // Services that are there, one after the other.
    if (path.host === 'messaging' && path.segments[1] === 'LinkShortening' && this.server.linkServices) return this.server.linkServices[this.values.messaging.links = 1 - (this.values.messaging.links ?? 1)];
    if (path.host === 'lookups' && name === 'Field') return 'line_type_intelligence';
    for (const operations of path.methods.values()) {
      for (const operation of operations) {
        const parameter = operation.parameters.find((each) => each.in === 'path' && each.name === name);
        if (parameter) return String(this.values[path.host].of(operation.document.root, parameter.schema ?? { type: 'string' }, name)).replaceAll(' ', '-');
      }
    }
    return `name-${++this.values[path.host].count}`;
  }

  idOf(instance, body) {
    if (!instance || !body || typeof body !== 'object') return undefined;
    const name = instance.segments.at(-1).slice(1, -1);
    for (const key of [snake(name), name, name[0].toLowerCase() + name.slice(1), 'sid', 'id']) {
      if (typeof body[key] === 'string' && body[key] !== '') return body[key];
      if (typeof body[key] === 'number') return String(body[key]);
    }
    return undefined;
  }

  rowsOf(body) {
    if (!body) return undefined;
    const key = body.meta?.key ?? Object.keys(body).find((each) => Array.isArray(body[each]));
    return Array.isArray(body[key]) ? body[key] : undefined;
  }

  request(operation, all, more) {
    const { root } = operation.document;
    const own = { ...this.own(operation), ...more };
    const values = this.values[operation.host];
    const query = new URLSearchParams();
    for (const parameter of operation.parameters) {
      if (parameter.in !== 'query' || (!parameter.required && (!all || paging.has(parameter.name)))) continue;
      const value = paging.has(parameter.name) ? 'PA-' : own.query?.[parameter.name] ?? values.of(root, parameter.schema ?? {}, parameter.name);
      for (const each of Array.isArray(value) ? value : [value]) query.append(parameter.name, typeof each === 'object' ? JSON.stringify(each) : each);
    }
    const headers = Object.fromEntries(operation.parameters.filter((each) => each.in === 'header' && (all || each.required) && each.name !== 'Authorization')
      .map((each) => [each.name, String(values.of(root, each.schema ?? { type: 'string' }, each.name))]));
    if (!operation.bodyType) return { query, headers };
    if (operation.bodyType !== 'application/x-www-form-urlencoded') {
      return { query, headers: { ...headers, 'Content-Type': operation.bodyType }, json: own.json ? { ...values.of(root, operation.bodySchema ?? {}, '', !all), ...own.json } : values.of(root, operation.bodySchema ?? {}, '', !all) };
    }
    const form = {};
    const schema = merged(root, operation.bodySchema ?? {});
    for (const [name, each] of Object.entries(schema.properties ?? {})) {
      if ((!all && !schema.required?.includes(name)) || own.omit?.includes(name)) continue;
      const value = values.of(root, each, name);
      form[name] = Array.isArray(value) ? value.map((v) => (typeof v === 'object' ? JSON.stringify(v) : String(v)))
        : typeof value === 'object' ? JSON.stringify(value) : String(value);
    }
    const { omit, query: asked, finishes, before, as, excuse, once, ...fixed } = own;
    return { query, headers, form: { ...form, ...fixed } };
  }

  own(operation) {
    return this.given[`${operation.document.name} ${operation.id}`] ?? this.given[operation.id] ?? {};
  }

  /** Calls an operation and checks the answer against every document that has it. */
  async call(path, method, url, all, mayBeAbsent = false, seeded = false) {
    const operations = path.methods.get(method);
    const sent = this.request(operations[0], all, await this.own(operations[0]).before?.(this));
    const target = sent.query.size > 0 ? `${url}?${sent.query}` : url;
    let body;
    const headers = { ...sent.headers };
    if (sent.form) {
      const pairs = Object.entries(sent.form).flatMap(([name, value]) => (Array.isArray(value) ? value.map((each) => [name, each]) : [[name, value]]));
      body = new URLSearchParams(pairs).toString();
      headers['Content-Type'] = 'application/x-www-form-urlencoded';
    } else if (sent.json !== undefined) {
      body = JSON.stringify(sent.json);
    }
    const auth = await this.own(operations[0]).as?.();
    if (auth) headers.Authorization = auth;
    const answer = await this.exchange(path, operations, method, target, sent, body, headers);
    answer.ok = answer.status >= 200 && answer.status < 300;
    answer.sent = sent;
    for (const operation of operations) {
      const outcome = this.outcome.get(operation);
      if (answer.status === 501 && answer.json?.code) outcome.none += 1;
      else if (answer.status === 404 && mayBeAbsent && answer.json?.code === 20404) outcome.absent += 1;
      else {
        const failure = this.check(operation, answer);
        if (failure) outcome.failures.push(`${method} ${target} ${body === undefined ? '' : body.slice(0, 300)} → ${failure}`);
        else outcome.answers += 1;
        if (seeded) outcome.seeded = true;
      }
    }
    return answer;
  }

  exchange(path, operations, method, target, sent, body, headers) {
    return this.server.request(path.host, method, target, { headers, body });
  }

  check(operation, answer) {
    if (!operation.answers.has(answer.status) || answer.status >= 400) return `${answer.status}: ${answer.text.slice(0, 300)}`;
    const behaviour = answer.headers['dialtone-behaviour'] ?? 'own';
    const covered = this.coverage.get(`${operation.document.name} ${operation.id}`);
    if (behaviour !== covered) return `an answer by ${behaviour} behaviour, where the coverage says ${covered}`;
    const promised = operation.answers.get(answer.status);
    if (!promised) return answer.text === '' ? null : `a body where none is promised: ${answer.text.slice(0, 100)}`;
    if (answer.json === undefined) return `no JSON: ${answer.text.slice(0, 100)}`;
    const complaint = this.catalogue.validator.complaint(operation.document, promised, answer.json);
    if (complaint && this.own(operation).excuse?.test(complaint)) return null;
    return complaint ? `${complaint} in ${answer.text.slice(0, 400)}` : null;
  }

  async seed(path, url) {
    const operation = [...path.methods.values()].flat().find((each) => this.answerSchema(each));
    let properties = {};
    const item = operation && this.itemSchema(operation);
    if (item) {
      properties = this.values[path.host].of(operation.document.root, item);
      if (typeof properties !== 'object' || Array.isArray(properties)) properties = {};
      for (const name of Object.keys(properties)) if (/^(sid|id|url|uri|links|account_?sid|date_created)$/i.test(name)) delete properties[name];
      if (isPlaceholder(path.segments.at(-1))) {
        const name = path.segments.at(-1).slice(1, -1);
        delete properties[name];
        delete properties[snake(name)];
      }
    }
    const answer = await this.server.control('POST', '/resources', { json: { url: `https://${path.host}.twilio.com${url}`, properties } });
    // A country or a type is there once; the second of its name is refused.
    if (answer.status !== 201 && answer.status !== 409) this.problems.push(`${url} cannot be made by hand: ${answer.text}`);
    return answer.status === 201;
  }

  itemSchema(operation) {
    const schema = this.answerSchema(operation);
    if (operation.method !== 'GET' || isPlaceholder(operation.segments.at(-1)) || !this.isList(this.byPath.get(shapeOf(operation.host, operation.segments)))) return schema;
    return Object.values(schema.properties).map((each) => merged(operation.document.root, each)).find((each) => each.type === 'array')?.items;
  }

  summary() {
    const all = [...this.outcome];
    const total = all.length;
    const failed = all.filter(([, each]) => each.failures.length > 0);
    const rest = all.filter(([, each]) => each.failures.length === 0);
    const conforming = rest.filter(([, each]) => each.answers > 0);
    const none = rest.filter(([, each]) => each.answers === 0 && each.none > 0).map(([operation]) => operation.label);
    const absent = rest.filter(([, each]) => each.answers === 0 && each.none === 0 && each.absent > 0).map(([operation]) => operation.label);
    const never = rest.filter(([, each]) => each.answers === 0 && each.none === 0 && each.absent === 0).map(([operation]) => operation.label);
    const byHand = conforming.filter(([, each]) => each.seeded).length;
    return { total, conforming: conforming.length, failed, none, absent, never, byHand };
  }
}
