// The same for the older versions of the package; the version is the first argument.
const http = require('node:http');
const twilio = require(process.argv[2] ?? 'twilio');

const { TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_NUMBER, MY_NUMBER } = process.env;
const client = twilio(TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN);

const server = http.createServer((request, response) => {
  let body = '';
  request.on('data', (data) => { body += data; });
  request.on('end', () => {
    const params = Object.fromEntries(new URLSearchParams(body));
    const url = `http://${request.headers.host}${request.url}`;
    if (!twilio.validateRequest(TWILIO_AUTH_TOKEN, request.headers['x-twilio-signature'], url, params)) {
      response.writeHead(403);
      response.end();
      return;
    }
    const reply = new twilio.twiml.MessagingResponse();
    reply.message(`You wrote: ${params.Body}`);
    response.writeHead(200, { 'Content-Type': 'text/xml' });
    response.end(reply.toString());
  });
});

server.listen(0, '127.0.0.1', async () => {
  const [number] = await client.incomingPhoneNumbers.list({ phoneNumber: TWILIO_NUMBER });
  await client.incomingPhoneNumbers(number.sid).update({ smsUrl: `http://127.0.0.1:${server.address().port}/sms` });
  const message = await client.messages.create({ to: MY_NUMBER, from: TWILIO_NUMBER, body: 'Hello from my program' });
  console.log(`sent ${message.sid} ${message.status}`);
});

process.on('SIGTERM', async () => {
  for (const message of await client.messages.list()) console.log(`${message.direction} ${message.status} ${message.body}`);
  server.close();
  server.closeAllConnections();
});
