// Starts the real program for a test: on a free port, in a folder of its own, gone when the test is over.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import tls from 'node:tls';

const require = createRequire(import.meta.url);
export const root = resolve(import.meta.dirname, '../..');
export const binary = process.env.DIALTONE_BINARY ?? join(root, 'build/release/dialtone');

export function temporaryFolder() {
  return mkdtempSync(join(tmpdir(), 'dialtone-test-'));
}

export class Server {
  /** options: { args, env, logLevel, data (a folder to use and keep; true makes one; absent: --memory) } */
  static async start(options = {}) {
    const server = new Server();
    server.agents = [];
    server.folder = temporaryFolder();
    server.data = options.data === true ? join(server.folder, 'data') : options.data;
    server.options = options;
    await server.launch();
    return server;
  }

  async launch() {
    const { args = [], env = {} } = this.options;
    const state = this.data ? ['--data', this.data] : ['--memory'];
    this.environment = { ...cleanEnvironment(), ...forFunctions(), HOME: this.folder, XDG_RUNTIME_DIR: this.folder, ...env };
    this.child = spawn(binary, ['serve', '--port', String(this.options.port ?? 0), '--log-level', this.options.logLevel ?? 'warn', '--ready-fd', '3', ...state, ...args],
      { env: this.environment, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
    this.output = '';
    this.errors = '';
    this.child.stdout.on('data', (data) => { this.output += data; });
    this.child.stderr.on('data', (data) => { this.errors += data; });
    this.exited = new Promise((done) => this.child.on('exit', (code, signal) => done({ code, signal })));
    const closed = once(this.child, 'close');
    const began = await Promise.race([once(this.child.stdio[3], 'data').then(() => true), this.exited.then(() => false)]);
    if (!began) {
      await closed;  // what it wrote may come after its exit
      throw new Error(`the server did not start: ${this.errors}`);
    }
    const folder = join(this.folder, 'dialtone');
    const note = readdirSync(folder).filter((name) => /^\d+\.json$/.test(name))
      .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8'))).find((each) => each.pid === this.child.pid);
    return this.know(note);
  }

  /** A server that somebody else started, by the note it left in its data folder. */
  static of(dataFolder) {
    const server = new Server();
    server.agents = [];
    return server.know(JSON.parse(readFileSync(join(dataFolder, 'server.json'), 'utf8')));
  }

  know(note) {
    Object.assign(this, { port: note.port, pid: note.pid, sid: note.account_sid, token: note.auth_token, number: note.number,
      handset: note.handset, testSid: note.test_account_sid, testToken: note.test_auth_token, caFile: note.ca_file, bundleFile: note.bundle_file });
    this.url = `http://127.0.0.1:${this.port}`;
    return this;
  }

  get authorization() {
    return `Basic ${Buffer.from(`${this.sid}:${this.token}`).toString('base64')}`;
  }

  /** The official SDK in this process; its TLS connections to Twilio's hosts end at the server. (Programs that know
   *  nothing of it are tested with `dialtone run`.) */
  twilio(version = 'twilio', sid = this.sid, token = this.token, options = {}) {
    const twilio = require(version);
    const RequestClient = require(`${version}/lib/base/RequestClient`);
    const httpClient = new (RequestClient.default ?? RequestClient)();
    const ca = readFileSync(this.caFile);
    const agent = new https.Agent({ keepAlive: true });
    agent.createConnection = ({ host, servername }) => tls.connect({ host: '127.0.0.1', port: this.port, servername: servername || host, ca });
    httpClient.axios.defaults.httpsAgent = agent;
    httpClient.axios.defaults.proxy = false;
    this.agents.push(agent);
    return twilio(sid, token, { httpClient, ...options });
  }

  /** A request to a host of Twilio's ("api", "verify", …), or to the plain host when `product` is null. */
  async request(product, method, path, { form, json, headers = {}, auth = this.authorization, body } = {}) {
    const host = product ? `${product}.localhost:${this.port}` : `127.0.0.1:${this.port}`;
    const all = { ...headers };
    if (auth) all.Authorization ??= auth;
    if (form) {
      body = new URLSearchParams(form).toString();
      all['Content-Type'] ??= 'application/x-www-form-urlencoded';
    }
    if (json !== undefined) {
      body = JSON.stringify(json);
      all['Content-Type'] ??= 'application/json';
    }
    return rawRequest(this.port, method, path, { Host: host, ...all }, body);
  }

  control(method, path, options) {
    return this.request(null, method, `/_dialtone/v1${path}`, options);
  }

  /** Waits for a message on a handset; the server does the waiting. */
  async waitForMessage(handset, filter = {}, seconds = 20) {
    const query = new URLSearchParams({ ...filter, wait: seconds });
    const answer = await this.control('GET', `/handsets/${encodeURIComponent(handset)}/messages?${query}`);
    if (answer.status !== 200) throw new Error(`no message on ${handset}: ${answer.status} ${answer.text}`);
    return answer.json.messages[0];
  }

  /** The phone writes; gives what it keeps of the message. */
  async text(from, to, body, media_urls) {
    const answer = await this.control('POST', `/handsets/${encodeURIComponent(from)}/messages`, { json: { to, body, ...(media_urls ? { media_urls } : {}) } });
    if (answer.status !== 201) throw new Error(`the handset could not send: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  /** A new Twilio number of the account's; parameters as in the API. */
  async newNumber(parameters = {}) {
    const answer = await this.request('api', 'POST', `/2010-04-01/Accounts/${this.sid}/IncomingPhoneNumbers.json`,
      { form: { AreaCode: '415', ...parameters } });
    if (answer.status !== 201) throw new Error(`no number: ${answer.text}`);
    return answer.json;
  }

  async newHandset(number) {
    const answer = await this.control('POST', '/handsets', { json: number ? { number } : {} });
    if (answer.status !== 201) throw new Error(`no handset: ${answer.text}`);
    return answer.json.number;
  }

  messages(path = '', method = 'GET', form = undefined) {
    return this.request('api', method, `/2010-04-01/Accounts/${this.sid}/Messages${path}.json`, { form });
  }

  /** The journal from `after` on; ends when the signal aborts. */
  async* events({ after = 0, kind = '', signal, headers = {}, limit = 20_000 } = {}) {
    const response = await fetch(`${this.url}/_dialtone/v1/events?after=${after}&kind=${kind}`,
      { headers: { Authorization: this.authorization, ...headers }, signal: signal ?? AbortSignal.timeout(limit) });
    if (response.status !== 200) throw new Error(`no events: ${response.status} ${await response.text()}`);
    let text = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
        const fields = Object.fromEntries(text.slice(0, end).split('\n').filter((line) => !line.startsWith(':'))
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
        if (fields.data) yield { id: fields.id, event: fields.event, ...JSON.parse(fields.data) };
      }
    }
  }

  /** Waits for an entry of the journal, also one that is there already. */
  async event(kind, fits = () => true) {
    for await (const each of this.events({ kind })) if (each.kind === kind && fits(each)) return each;
    throw new Error(`no event ${kind}`);
  }

  /** The alerts that an incoming message caused, once its application has been asked and its answer carried out. */
  async alertsOf(sid, purpose = 'incoming') {
    await this.event('webhook.completed', (each) => each.subject === sid && each.data.purpose === purpose);
    return (await this.control('GET', `/alerts?resource=${sid}`)).json.alerts.reverse();
  }

  async kill() {
    this.child.kill('SIGKILL');
    return this.exited;
  }

  async stop() {
    for (const agent of this.agents) agent.destroy();
    this.child.kill('SIGTERM');
    const result = await this.exited;
    rmSync(this.folder, { recursive: true, force: true });
    return result;
  }
}

let sandboxes;

/** Can this machine make sandboxes? In many containers it cannot. */
export function makesSandboxes() {
  sandboxes ??= spawnSync('bwrap', ['--unshare-user', '--unshare-pid', '--ro-bind', '/', '/', '--proc', '/proc', 'true']).status === 0;
  return sandboxes;
}

/** Functions run anyway, so that all but the sandbox itself is tested. */
const forFunctions = () => (makesSandboxes() ? {} : { DIALTONE_ALLOW_UNSANDBOXED_FUNCTIONS: 'true' });

/** The environment without what would lead a client elsewhere. */
export function cleanEnvironment() {
  const env = { ...process.env };
  for (const name of Object.keys(env)) if (/^(TWILIO_|MY_NUMBER|DIALTONE_|XDG_|(HTTPS?|NO)_PROXY$)/i.test(name)) delete env[name];
  return env;
}

const plainAgent = new http.Agent({ keepAlive: true });

function rawRequest(port, method, path, headers, body) {
  return new Promise((done, failed) => {
    const request = http.request({ host: '127.0.0.1', port, method, path, headers, agent: plainAgent }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const text = bytes.toString('utf8');
        let json;
        try { json = JSON.parse(text); } catch { json = undefined; }
        done({ status: response.statusCode, headers: response.headers, text, bytes, json });
      });
      response.on('error', failed);
    });
    request.on('error', failed);
    if (body !== undefined) request.setHeader('Content-Length', Buffer.byteLength(body));
    request.end(body);
  });
}
