// Requests to the server over kept connections.

import http from 'node:http';

/** The server refused, or nothing happened in time. `status` and `code` are the answer's. */
export class DialtoneError extends Error {
  constructor(what, answer) {
    const { message, detail, code } = answer.json ?? {};
    super(`${what}: ${message ?? `status ${answer.status}`}${detail ? `\n${detail}` : ''}`);
    this.name = 'DialtoneError';
    this.status = answer.status;
    this.code = code;
  }
}

export class Http {
  constructor(url) {
    this.url = new URL(url);
    this.agent = new http.Agent({ keepAlive: true });
  }

  /** Sends a request; answers with { status, headers, text, json }. */
  send(method, path, { headers = {}, body } = {}) {
    return new Promise((done, failed) => {
      const request = http.request({ hostname: this.url.hostname, port: this.url.port, method, path, headers, agent: this.agent }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => { text += chunk; });
        response.on('error', failed);
        response.on('end', () => done({
          status: response.statusCode,
          headers: response.headers,
          text,
          get json() {
            try { return JSON.parse(text); } catch { return undefined; }
          },
        }));
      });
      request.on('error', failed);
      if (body !== undefined) request.setHeader('Content-Length', Buffer.byteLength(body));
      request.end(body);
    });
  }

  close() { this.agent.destroy(); }
}

/** The control API with the credentials of one account. */
export class Control {
  constructor(http, accountSid, authToken) {
    this.http = http;
    this.authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  }

  /** The answer's JSON. Throws a DialtoneError that begins with `what`. */
  async call(what, method, path, body) {
    const headers = { Authorization: this.authorization };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    const answer = await this.http.send(method, `/_dialtone/v1${path}`, { headers, body: body === undefined ? undefined : JSON.stringify(body) });
    if (answer.status >= 300) throw new DialtoneError(what, answer);
    return answer.json;
  }
}
