// What the official `twilio` package sends goes to the server, over plain HTTP with Twilio's host names.

function encode(pairs) {
  const out = new URLSearchParams();
  for (const [name, value] of Object.entries(pairs)) {
    for (const each of Array.isArray(value) ? value : [value]) if (each !== undefined) out.append(name, each);
  }
  return out.toString();
}

/** An HTTP client for `twilio(sid, token, { httpClient })`. */
export class TwilioHttpClient {
  constructor(http) { this.http = http; }

  async request({ method, uri, username, password, authStrategy, headers = {}, params, data }) {
    const url = new URL(uri);
    for (const part of params ? [encode(params)] : []) url.search += (url.search ? '&' : '') + part;
    const all = { ...headers, Host: url.host };
    if (username && password) {
      all.Authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    } else if (authStrategy) {
      all.Authorization = await authStrategy.getAuthString();
    }
    const form = all['Content-Type'] !== 'application/json';
    const body = data === undefined ? undefined : form ? encode(data) : typeof data === 'string' ? data : JSON.stringify(data);
    const answer = await this.http.send(method.toUpperCase(), url.pathname + url.search, { headers: all, body });
    return { statusCode: answer.status, body: answer.json ?? answer.text, headers: answer.headers };
  }
}
