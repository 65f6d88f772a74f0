// The peer that somebody would write in an hour: Express, a body parser, a Map. No authentication, nothing on disk.

import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [peers, port] = process.argv.slice(2);
const express = createRequire(join(peers, 'package.json'))('express');

const messages = new Map();
const app = express();
app.use(express.urlencoded({ extended: false }));

function refuse(response, status, code, message) {
  response.status(status).json({ code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status });
}

app.post('/2010-04-01/Accounts/:account/Messages.json', (request, response) => {
  const { To: to, From: from, Body: body } = request.body ?? {};
  if (!to) return refuse(response, 400, 21604, "A 'To' phone number is required.");
  if (!from) return refuse(response, 400, 21603, "A 'From' phone number is required.");
  if (!/^\+[1-9]\d{6,14}$/.test(to)) return refuse(response, 400, 21211, "Invalid 'To' Phone Number");
  if (!/^\+[1-9]\d{6,14}$/.test(from)) return refuse(response, 400, 21212, "Invalid 'From' Phone Number");
  if (!body) return refuse(response, 400, 21602, 'Message body is required.');
  if (body.length > 1600) return refuse(response, 400, 21617, 'The concatenated message body exceeds the 1600 character limit');
  const { account } = request.params;
  const sid = `SM${randomBytes(16).toString('hex')}`;
  const now = new Date().toUTCString().replace('GMT', '+0000');
  const uri = `/2010-04-01/Accounts/${account}/Messages/${sid}`;
  const message = {
    body, num_segments: String(Math.ceil(body.length / 160)), direction: 'outbound-api', from, date_updated: now, price: null,
    error_message: null, uri: `${uri}.json`, account_sid: account, num_media: '0', to, date_created: now, status: 'queued', sid,
    date_sent: null, messaging_service_sid: null, error_code: null, price_unit: 'USD', api_version: '2010-04-01',
    subresource_uris: { media: `${uri}/Media.json` },
  };
  messages.set(sid, message);
  response.status(201).json(message);
});

app.get('/2010-04-01/Accounts/:account/Messages/:file', (request, response) => {
  const message = messages.get(request.params.file.replace(/\.json$/, ''));
  if (!message) return refuse(response, 404, 20404, 'The requested resource was not found');
  response.json(message);
});

app.listen(Number(port), '127.0.0.1');
