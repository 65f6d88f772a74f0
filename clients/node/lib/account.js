// What a test has of an account: the main one's, or a tenant's.

import { query } from './expressions.js';
import { Faults } from './faults.js';
import { Handset } from './handset.js';
import { Control } from './http.js';
import { TwilioHttpClient } from './twilio_client.js';

export class Account {
  constructor(dialtone, { sid, auth_token, number, numbers, handsets, position }) {
    this.dialtone = dialtone;
    this.accountSid = sid;
    this.authToken = auth_token;
    this.number = number;
    this.numbers = numbers.map((each) => ({ phoneNumber: each.phone_number, sid: each.sid }));
    this.position = position;
    this.control = new Control(dialtone.http, sid, auth_token);
    this.handsets = handsets.map((each) => this.handsetOf(each));
    this.handset = this.handsets[0];
    this.faults = new Faults(this.control);
  }

  handsetOf(number) { return new Handset(this.control, number, { to: this.number, position: this.position }); }

  /** Another phone; without a number, with the next free one. */
  async newHandset(number) {
    const made = await this.control.call('no handset', 'POST', '/handsets', number ? { number } : {});
    const handset = this.handsetOf(made.number);
    this.handsets.push(handset);
    return handset;
  }

  /** A phone that an app has written to, or will. */
  phone(number) { return this.handsets.find((each) => each.number === number) ?? this.handsetOf(number); }

  /** The official client of the module `twilio` (any version), for this account. */
  twilio(module, options = {}) {
    return module(this.accountSid, this.authToken, { httpClient: new TwilioHttpClient(this.dialtone.http), ...options });
  }

  /** A request to the REST API without the official client; `host` is a product of Twilio's. Answers { status, json }. */
  async request(method, path, { form, host = 'api' } = {}) {
    const headers = { Host: `${host}.twilio.com`, Authorization: this.control.authorization };
    if (form) headers['Content-Type'] = 'application/x-www-form-urlencoded';
    return this.dialtone.http.send(method, path, { headers, body: form ? new URLSearchParams(form).toString() : undefined });
  }

  /** Changes the first number, with parameters as in the API: { SmsUrl }. */
  async setNumber(parameters, number = this.numbers[0]) {
    const answer = await this.request('POST', `/2010-04-01/Accounts/${this.accountSid}/IncomingPhoneNumbers/${number.sid}.json`, { form: parameters });
    if (answer.status !== 200) throw new Error(`the number cannot be changed: ${answer.text}`);
    return answer.json;
  }

  /** Variables for a program of its own process: account, proxy and certificates. */
  env() { return this.dialtone.environment(this.accountSid, this.authToken, this.number, this.handset?.number); }

  /** Waits for what happens: `kind` is message, webhook, alert, … or a whole kind such as message.delivered; other
   *  members are texts, or expressions. From the beginning of the test, unless `after` says a position. */
  async await({ after = this.position, timeout = 10_000, ...members }) {
    return this.control.call(`nothing of ${members.kind ?? 'any kind'} that fits`, 'GET', `/await?${query({ ...members, after, timeout })}`);
  }

  /** What went wrong, oldest first. */
  async alerts(resource) {
    const { alerts } = await this.control.call('no alerts', 'GET', `/alerts${resource ? `?resource=${resource}` : ''}`);
    return alerts.reverse();
  }

  /** What was said to webhooks and back, oldest first. */
  async exchanges(subject) {
    const { exchanges } = await this.control.call('no exchanges', 'GET', `/exchanges${subject ? `?subject=${subject}` : ''}`);
    return exchanges.reverse();
  }

  /** Why a signature does not fit. */
  explainSignature({ url, params, signature }) {
    return this.control.call('no explanation', 'POST', '/signature/explain', { url, params, signature });
  }
}

export class Tenant extends Account {
  /** Removes the account with all it has. */
  async remove() { await this.control.call('the tenant cannot be removed', 'DELETE', `/tenants/${this.accountSid}`); }
}
