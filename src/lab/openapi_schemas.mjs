// The shapes of what the control API answers. A name that ends in a question mark may be absent.

const described = (schema, description) => (description ? { ...schema, description } : schema);
export const str = (text) => described({ type: 'string' }, text);
export const int = (text) => described({ type: 'integer' }, text);
export const num = (text) => described({ type: 'number' }, text);
export const bool = (text) => described({ type: 'boolean' }, text);
export const time = (text) => described({ type: 'string', format: 'date-time' }, text);
export const any = (text) => described({ type: 'object', additionalProperties: true }, text);
export const map = (value, text) => described({ type: 'object', additionalProperties: value }, text);
export const arr = (items, text) => described({ type: 'array', items }, text);
export const en = (...values) => ({ type: 'string', enum: values });
export const ref = (name) => ({ $ref: `#/components/schemas/${name}` });
export const nul = (schema) => (schema.$ref ? { nullable: true, allOf: [schema] } : { ...schema, nullable: true });
export const obj = (members) => {
  const names = Object.keys(members);
  const required = names.filter((each) => !each.endsWith('?'));
  return { type: 'object', ...(required.length > 0 ? { required } : {}),
    properties: Object.fromEntries(names.map((each) => [each.replace(/\?$/, ''), members[each]])) };
};

export const schemas = {
  Error: obj({
    code: int('Twilio\'s code, or 20408 for a wait that ended'), message: str(), more_info: str(), status: int(), 'detail?': str(),
  }),
  Handset: obj({ number: str(), name: str(), date_created: time() }),
  HandsetMedia: obj({ content_type: str(), size: int(), url: str('where its bytes are, of this program'), hash: str() }),
  HandsetMessage: obj({
    sid: str(), direction: en('inbound', 'outbound'), from: str(), to: str(), body: str(),
    media_urls: arr(str(), 'as the message named them'), 'media?': arr(ref('HandsetMedia')),
    'location?': obj({ latitude: num(), longitude: num(), label: str() }), date: time(),
  }),
  Mail: obj({
    sid: str(), to: str(), from: str(), from_name: str(), subject: str(), body: str(), verification_sid: str(), date: time(),
  }),
  Mailer: obj({
    from: str('its domain counts as authenticated'), 'from_name?': nul(str()), 'default_template_id?': nul(str()),
    'templates?': map(obj({ 'subject?': str(), text: str('with {{twilio_code}} or {{twilio_message}}') }), 'by id'),
  }),
  VerifySettings: obj({
    service_sid: str(), channels_off: arr(str()), blocked_countries: arr(str(), 'refused with 60605'), blocked_prefixes: arr(str(), 'refused with 60410'),
    china_vetted: bool('else +86 is refused with 60220'), sna: bool('the channel sna was granted'), mailer: nul(ref('Mailer')),
  }),
  Message: obj({
    sid: str(), account_sid: str(), api_version: str(), body: str(), date_created: str('RFC 2822'), date_sent: nul(str()),
    date_updated: str(), direction: en('inbound', 'outbound-api', 'outbound-call', 'outbound-reply'), error_code: nul(int()),
    error_message: nul(str()), from: nul(str()), to: str(), messaging_service_sid: nul(str()), num_media: str(), num_segments: str(),
    price: nul(str()), price_unit: nul(str()),
    status: en('queued', 'sending', 'sent', 'failed', 'delivered', 'undelivered', 'receiving', 'received', 'accepted', 'scheduled',
      'read', 'partially_delivered', 'canceled'),
    subresource_uris: map(str()), uri: str(),
  }),
  Media: obj({
    sid: str(), account_sid: str(), parent_sid: str(), content_type: str(), date_created: str(), date_updated: str(), uri: str(),
    address: str('where its bytes are for some hours'),
  }),
  MessageDetail: obj({
    message: ref('Message'), life: arr(obj({ status: str(), at: time(), position: int('of the journal') })),
    segments: obj({ encoding: en('GSM-7', 'UCS-2'), units: int(), pieces: arr(str()) }), media: arr(ref('Media')),
    status_callback: nul(str()), exchanges: arr(ref('Exchange')), alerts: arr(ref('Alert')),
  }),
  Headers: arr({ type: 'array', items: str(), minItems: 2, maxItems: 2 }, 'pairs of name and value, as they were sent'),
  Hop: obj({
    request: obj({ method: str(), url: str(), headers: ref('Headers'), body: str() }),
    response: obj({ status: int('0: there was no answer'), headers: ref('Headers'), body: str(), truncated: bool() }),
    kept_connection: bool(), from_cache: bool(),
    timing: obj({ started_at: time(), dns_us: int(), connect_us: int(), tls_us: int(), first_byte_us: int(), total_us: int() }),
  }),
  Exchange: obj({
    sid: str(), account_sid: str(), subject: str('SID of the message or call'), purpose: str('incoming, status, action, fallback, replay, …'),
    date_created: time(), ok: bool(), error_code: nul(int()), error_message: nul(str()),
    hops: arr(ref('Hop'), 'one for each request: redirects, retries'),
  }),
  Reading: obj({ if: str(), url: str(), signature: str() }),
  Alert: obj({
    sid: str(), account_sid: str(), alert_text: str(), api_version: str(), date_created: time(), date_generated: time(),
    date_updated: time(), error_code: str(), log_level: en('error', 'warning'), more_info: str(), request_method: nul(str()),
    request_url: nul(str()), request_variables: nul(str()), request_headers: nul(str()), response_headers: nul(str()),
    response_body: nul(str()), resource_sid: nul(str()), service_sid: nul(str()), url: str(),
    dialtone: obj({
      message: str(), explanation: str('what to do'), exchange_sid: nul(str()), 'exchange?': nul(ref('Exchange')),
      'signature?': obj({ url: str(), signed_text: str(), signature: str(), readings: arr(ref('Reading')) }),
    }),
  }),
  AlertGroup: obj({
    error_code: str(), log_level: en('error', 'warning'), message: str(), explanation: str(), more_info: str(), request_url: nul(str()),
    count: int(), last_sid: str(), last_at: time(), first_sid: str(), first_at: time(),
  }),
  Bin: obj({ sid: str(), account_sid: str(), friendly_name: str(), twiml: str(), url: str(), date_created: time(), date_updated: time() }),
  Finding: obj({ line: int('0: of no line'), level: en('error', 'warning'), text: str() }),
  SearchResult: obj({
    kind: en('message', 'call', 'alert', 'number', 'short_code', 'caller_id', 'application', 'messaging_service', 'function_service', 'bin', 'handset',
      'account'),
    sid: str(), title: str(), detail: str(),
  }),
  JournalEntry: obj({ position: int(), at: time(), kind: str(), account: str(), subject: str(), data: any() }),
  Clock: obj({ time: time(), frozen: bool(), auto: bool(), next_timer: nul(time()) }),
  FaultStep: obj({
    'do?': str('messages: fail, delay, lose_receipt, lose_message, twice, per_segment, out_of_order, slow, down, refuse; '
      + 'webhooks: stall, slow, reset, tls, dns, status; in a script also pass'),
    'code?': int('error code of a failure (30008 if not given) or of a refusal'), 'by?': str('how long: 30s, 2h'),
    'status?': { oneOf: [str(), int()], description: 'failed or undelivered; of a webhook or a refusal its HTTP status' },
  }),
  Fault: { allOf: [ref('FaultStep'), obj({
    sid: str(), seen: int(), struck: int(), 'account_sid?': str(), 'date_created?': str(), 'script?': arr(ref('FaultStep')), 'to?': str(),
    'from?': str(), 'url?': str(), 'skip?': int(), 'times?': int(), 'probability?': num(), 'seed?': int(),
  })] },
  Snapshot: obj({ name: str(), date_created: time(), records: int(), waiting: int(), bytes: int() }),
  Tenant: obj({
    sid: str(), auth_token: str(), name: str(), number: nul(str()), handset: nul(str()),
    numbers: arr(obj({ phone_number: str(), sid: str() })), handsets: arr(str()), date_created: time(),
    'position?': int('where the journal stood, once it was made'),
  }),
  Settings: obj({ account_sid: str(), debugger_webhook: nul(str()), webhook_tls: en('verify', 'skip') }),
  KeywordGroup: obj({ keywords: arr(str()), answer: str() }),
  OptOut: obj({ enabled: bool(), stop: ref('KeywordGroup'), start: ref('KeywordGroup'), help: ref('KeywordGroup') }),
  ShortCode: obj({
    sid: str(), account_sid: str(), api_version: str(), friendly_name: str(), short_code: str(), sms_url: nul(str()), sms_method: str(),
    sms_fallback_url: nul(str()), sms_fallback_method: str(), date_created: str(), date_updated: str(), uri: str(),
  }),
  LinkDomain: obj({
    sid: str(), account_sid: str(), domain_name: str('with https://'), date_created: str(), date_updated: str(), config_sid: str(),
  }),
  CallerId: obj({
    sid: str(), account_sid: str(), friendly_name: str(), phone_number: str(), date_created: str(), date_updated: str(), uri: str(),
  }),
  Schema: obj({
    type: en('any', 'string', 'integer', 'number', 'boolean', 'object', 'array'), 'format?': str(), 'sid?': str('prefix'),
    'default?': { description: 'any value' }, 'values?': arr(str()), 'max_length?': int(), 'items?': ref('Schema'),
    'properties?': map(ref('Schema')),
  }),
  Parameter: { allOf: [ref('Schema'), obj({ name: str(), in: en('path', 'query', 'form', 'header'), required: bool() })] },
  Operation: obj({
    document: str(), operation: str(), method: str(), product: str(), path: str(), summary: str(), body: en('none', 'form', 'json'),
    status: int('of success'), behaviour: en('own', 'generic'), parameters: arr(ref('Parameter')), 'body_schema?': ref('Schema'),
  }),
};
