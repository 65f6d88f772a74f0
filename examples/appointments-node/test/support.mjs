// The app of one test: on a port of its own, with the tenant's account.

import { createRequire } from 'node:module';
import twilio from 'twilio';

const { createApp } = createRequire(import.meta.url)('../app.js');

export async function startApp(tenant, t) {
  let port;
  const url = () => `http://127.0.0.1:${port}`;
  const server = createApp({ client: tenant.twilio(twilio), authToken: tenant.authToken, from: tenant.number, url });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  port = server.address().port;
  t.after(() => { server.closeAllConnections(); server.close(); });
  await tenant.setNumber({ SmsUrl: `${url()}/sms` });
  return {
    url: url(),
    /** What the app's own clients do. */
    async post(path, params) {
      const answer = await fetch(url() + path, { method: 'POST', body: new URLSearchParams(params) });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
  };
}
