// A phone. It keeps what it got; expect() goes through that from the oldest on.

import { query } from './expressions.js';

export class Handset {
  constructor(control, number, { to, position }) {
    this.control = control;
    this.number = number;
    this.to = to;              // whom it writes to when nobody is named
    this.position = position;  // what came until here was expected already
  }

  get path() { return `/handsets/${encodeURIComponent(this.number)}`; }

  /** Sends a message; to the tenant's number unless `to` says another. */
  text(body, { to = this.to, mediaUrls } = {}) {
    return this.control.call(`${this.number} cannot send`, 'POST', `${this.path}/messages`, { to, body, media_urls: mediaUrls });
  }

  /** The first message after those that were expected before that fits a text it contains, or an expression; waits for
   *  it. `match` of the answer is the expression's. */
  async expect(body = /(?:)/, { from, timeout = 10_000 } = {}) {
    const wanted = query({ kind: 'handset.received', subject: this.number, body, from, after: this.position, timeout });
    const found = await this.control.call(`${this.number} did not get ${body}`, 'GET', `/await?${wanted}`);
    this.position = found.position;
    return { ...found.data, mediaUrls: found.data.media_urls, match: body instanceof RegExp ? new RegExp(body.source, body.flags.replace(/[gy]/g, '')).exec(found.data.body) : null };
  }

  /** All it has, oldest first: of what it got, or of `direction` "outbound" or "all". */
  async messages({ direction = 'inbound', from, contains, limit = 1000 } = {}) {
    const parameters = { direction, from, contains, limit };
    for (const name of Object.keys(parameters)) if (parameters[name] === undefined) delete parameters[name];
    const { messages } = await this.control.call(`the messages of ${this.number}`, 'GET', `${this.path}/messages?${new URLSearchParams(parameters)}`);
    return messages.reverse().map((each) => ({ ...each, mediaUrls: each.media_urls }));
  }
}
