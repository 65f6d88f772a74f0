// One server for a test run.

import { Account, Tenant } from './account.js';
import { Clock } from './clock.js';
import { Control, Http } from './http.js';
import { startServer } from './server.js';

const kStopLimitMs = 10_000;

export class Dialtone {
  /** Starts a server of its own: { binary, args, env, data, logLevel }. */
  static async start(options = {}) {
    const { child, note } = await startServer(options);
    const dialtone = new Dialtone(`http://${note.host.includes(':') ? `[${note.host}]` : note.host}:${note.port}`, note.account_sid, note.auth_token, note);
    dialtone.child = child;
    return dialtone;
  }

  /** Uses a server that runs already. */
  static connect(url, { accountSid, authToken }) {
    return new Dialtone(url, accountSid, authToken, {});
  }

  constructor(url, accountSid, authToken, note) {
    this.url = url;
    this.note = note;
    this.http = new Http(url);
    this.control = new Control(this.http, accountSid, authToken);
    this.clock = new Clock(this.control);
    /** The main account. Tests share it; what one test needs, a tenant has. */
    this.main = new Account(this, { sid: accountSid, auth_token: authToken, number: note.number, numbers: [], handsets: note.handset ? [note.handset] : [], position: 0 });
    this.faults = this.main.faults;
  }

  /** An account for one test: { name, smsUrl, number: { SmsUrl, … }, numbers, handsets, trial }. */
  async tenant({ smsUrl, number = {}, ...options } = {}) {
    const parameters = smsUrl ? { SmsUrl: smsUrl, ...number } : number;
    return new Tenant(this, await this.control.call('no tenant', 'POST', '/tenants', { ...options, number: parameters }));
  }

  /** A test's function: makes a tenant, gives it to `body`, and removes it afterwards. */
  test(options, body) {
    if (typeof options === 'function') return this.test({}, options);
    return async (...given) => {
      const tenant = await this.tenant(options);
      try {
        return await body(tenant, ...given);
      } finally {
        await tenant.remove().catch((error) => { if (error.status !== 404 && error.status !== 401) throw error; });
      }
    };
  }

  /** Back to the state after the first start. Nothing of any test is left. */
  async reset() { await this.control.call('no reset', 'POST', '/reset'); }
  /** Keeps the state under a name, and brings it back. */
  async snapshot(name) { return this.control.call('no snapshot', 'POST', '/snapshots', { name }); }
  async restore(name) { await this.control.call('not restored', 'POST', `/snapshots/${encodeURIComponent(name)}/restore`); }

  /** Variables that lead an unchanged program here. */
  environment(accountSid, authToken, number, handset) {
    const { ca_file, bundle_file } = this.note;
    const proxied = { HTTP_PROXY: this.url, HTTPS_PROXY: this.url, http_proxy: this.url, https_proxy: this.url, NO_PROXY: 'localhost,127.0.0.1,::1', no_proxy: 'localhost,127.0.0.1,::1', NODE_USE_ENV_PROXY: '1' };
    const trusted = ca_file ? { NODE_EXTRA_CA_CERTS: ca_file, TWILIO_CA_BUNDLE: bundle_file, SSL_CERT_FILE: bundle_file, REQUESTS_CA_BUNDLE: bundle_file, CURL_CA_BUNDLE: bundle_file } : {};
    return { ...proxied, ...trusted, TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, ...(number ? { TWILIO_NUMBER: number } : {}), ...(handset ? { MY_NUMBER: handset } : {}) };
  }

  /** Ends a server that start() started; else only the connections to it. */
  async stop() {
    this.http.close();
    if (!this.child || this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.ref();
    const ended = new Promise((done) => this.child.once('exit', done));
    this.child.stdin.end();
    const limit = setTimeout(() => this.child.kill('SIGKILL'), kStopLimitMs);
    await ended;
    clearTimeout(limit);
  }
}
