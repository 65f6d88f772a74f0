export interface StartOptions {
  /** The program; default: DIALTONE_BINARY, else `dialtone` on the PATH. */
  binary?: string;
  /** More options of `dialtone serve`. */
  args?: string[];
  /** More variables of its environment. */
  env?: Record<string, string>;
  /** A folder that keeps the state; default: in memory only. */
  data?: string;
  logLevel?: 'debug' | 'info' | 'warn' | 'error' | 'off';
}

export interface TenantOptions {
  name?: string;
  /** Where messages to its numbers go. */
  smsUrl?: string;
  /** Parameters of its numbers, as in the API: { SmsUrl, SmsMethod, VoiceUrl, … }. */
  number?: Record<string, string>;
  /** How many numbers, 0 to 20; default 1. */
  numbers?: number;
  /** How many phones, 0 to 20; default 1. */
  handsets?: number;
  /** A trial account. */
  trial?: boolean;
}

export interface HandsetMessage {
  sid: string;
  direction: 'inbound' | 'outbound';
  from: string;
  to: string;
  body: string;
  mediaUrls: string[];
  date: string;
}

export interface ExpectedMessage extends HandsetMessage {
  /** What the expression found; null when a text was expected. */
  match: RegExpExecArray | null;
}

export declare class Handset {
  readonly number: string;
  /** Whom it writes to when nobody is named: the tenant's number. */
  to: string;
  text(body: string, options?: { to?: string; mediaUrls?: string[] }): Promise<HandsetMessage>;
  /** The next message that contains a text or fits an expression (as RE2 reads it: no look-around, no back-references).
   *  Waits for it, 10 s if not told otherwise; throws a DialtoneError that says what came instead. */
  expect(body?: string | RegExp, options?: { from?: string; timeout?: number | string }): Promise<ExpectedMessage>;
  /** All it has, oldest first. */
  messages(filter?: { direction?: 'inbound' | 'outbound' | 'all'; from?: string; contains?: string; limit?: number }): Promise<HandsetMessage[]>;
}

export interface JournalEntry {
  position: number;
  at: string;
  kind: string;
  account: string;
  subject: string;
  data: Record<string, unknown>;
  groups: (string | null)[];
  /** Of a webhook: the whole exchange. */
  exchange?: Record<string, unknown>;
  /** Of an alert: the whole alert. */
  alert?: Record<string, unknown>;
}

export interface AwaitOptions {
  /** message, webhook, alert, handset, fault, …, or a whole kind such as message.delivered. */
  kind?: string;
  subject?: string;
  /** Only later entries; default: since the test began. */
  after?: number;
  /** Milliseconds, or '10s'. */
  timeout?: number | string;
  /** Any other member of the entry: a text that it must be, or an expression. */
  [member: string]: string | number | RegExp | undefined;
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  readonly json: any;
}

export interface Fault {
  /** What goes wrong. For messages: fail, delay, lose_receipt, lose_message, twice, per_segment, out_of_order, slow, down, refuse.
   *  For webhooks: stall, slow, reset, tls, dns, status. */
  do?: string;
  /** In place of `do`: one step for each message or request that fits, in order; { do: 'pass' } lets one go. */
  script?: ({ do: string } & Pick<Fault, 'code' | 'by' | 'status'>)[];
  /** A message's receiver: a number, or a prefix that ends with `*`. */
  to?: string;
  from?: string;
  /** A webhook: the beginning of its URL, or a host. */
  url?: string;
  /** Twilio's error code of a failure or a refusal. */
  code?: number;
  /** How long: '30s', '2h'. */
  by?: string;
  /** Of a failed message: failed or undelivered; of a webhook or a refusal: the HTTP status. */
  status?: string | number;
  /** Lets so many go before the first strikes. */
  skip?: number;
  /** Strikes so many times. */
  times?: number;
  /** Strikes with this probability, 0 to 1 … */
  probability?: number;
  /** … by this seed: the same seed strikes the same way. */
  seed?: number;
}

export interface FaultState extends Fault {
  sid: string;
  /** How many messages or requests it was asked about, and how many it struck. */
  seen: number;
  struck: number;
}

export declare class Faults {
  add(fault: Fault): Promise<FaultState & { remove(): Promise<void>; fetch(): Promise<FaultState> }>;
  fetch(sid: string): Promise<FaultState>;
  list(): Promise<FaultState[]>;
  remove(sid: string): Promise<void>;
  clear(): Promise<void>;
}

export declare class Account {
  readonly accountSid: string;
  readonly authToken: string;
  readonly number: string;
  readonly numbers: { phoneNumber: string; sid: string }[];
  readonly handset: Handset;
  readonly handsets: Handset[];
  readonly faults: Faults;
  /** Where the journal stood when the account was made. */
  readonly position: number;
  newHandset(number?: string): Promise<Handset>;
  /** A phone of any number: one that the app has written to, or will. */
  phone(number: string): Handset;
  /** The official client of the module `twilio` for this account. */
  twilio<Client>(module: (accountSid: string, authToken: string, options?: any) => Client, options?: object): Client;
  request(method: string, path: string, options?: { form?: Record<string, string>; host?: string }): Promise<Answer>;
  setNumber(parameters: Record<string, string>, number?: { sid: string }): Promise<any>;
  /** Variables that lead a program of its own process here: account, proxy, certificates. */
  env(): Record<string, string>;
  await(options: AwaitOptions): Promise<JournalEntry>;
  alerts(resource?: string): Promise<any[]>;
  exchanges(subject?: string): Promise<any[]>;
  explainSignature(question: { url: string; params?: Record<string, string | string[]>; signature?: string }): Promise<any>;
}

export declare class Tenant extends Account {
  remove(): Promise<void>;
}

export interface ClockState {
  time: Date;
  frozen: boolean;
  auto: boolean;
  nextTimer: Date | null;
}

/** One for all tests of a server. */
export declare class Clock {
  get(): Promise<ClockState>;
  freeze(): Promise<ClockState>;
  resume(): Promise<ClockState>;
  set(time: Date | string): Promise<ClockState>;
  /** '90s', '15m', '2h', '7d' */
  advance(by: string): Promise<ClockState>;
  /** Jumps to the next timer whenever nothing is left to do; until resume(), or until this time is reached. */
  auto(options?: { until?: string }): Promise<ClockState>;
}

export declare class Dialtone {
  /** Starts a server that ends with this process. */
  static start(options?: StartOptions): Promise<Dialtone>;
  /** Uses a server that runs already. */
  static connect(url: string, credentials: { accountSid: string; authToken: string }): Dialtone;
  readonly url: string;
  readonly main: Account;
  readonly clock: Clock;
  readonly faults: Faults;
  tenant(options?: TenantOptions): Promise<Tenant>;
  /** A test's function: it gets a tenant, which is removed afterwards. */
  test<Given extends unknown[], Result>(body: (tenant: Tenant, ...given: Given) => Result): (...given: Given) => Promise<Awaited<Result>>;
  test<Given extends unknown[], Result>(options: TenantOptions, body: (tenant: Tenant, ...given: Given) => Result): (...given: Given) => Promise<Awaited<Result>>;
  reset(): Promise<void>;
  snapshot(name: string): Promise<unknown>;
  restore(name: string): Promise<void>;
  stop(): Promise<void>;
}

export declare class DialtoneError extends Error {
  readonly status: number;
  readonly code?: number;
}
