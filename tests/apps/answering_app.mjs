// A program as its author wrote it for Twilio: it sends a text, answers replies, and knows nothing of where it runs.
import express from 'express';
import twilio from 'twilio';

const client = twilio(process.env.TWILIO_ACCOUNT_SID, process.env.TWILIO_AUTH_TOKEN);
const app = express();
app.use(express.urlencoded({ extended: false }));

app.post('/sms', twilio.webhook(), (request, response) => {
  const reply = new twilio.twiml.MessagingResponse();
  reply.message(`You wrote: ${request.body.Body}`);
  response.type('text/xml').send(reply.toString());
});

const server = app.listen(0, '127.0.0.1', async () => {
  const url = `http://127.0.0.1:${server.address().port}/sms`;
  const [number] = await client.incomingPhoneNumbers.list({ phoneNumber: process.env.TWILIO_NUMBER });
  await client.incomingPhoneNumbers(number.sid).update({ smsUrl: url });
  const message = await client.messages.create({ to: process.env.MY_NUMBER, from: process.env.TWILIO_NUMBER, body: 'Hello from my program' });
  console.log(`sent ${message.sid} ${message.status}`);
});

process.on('SIGTERM', async () => {
  for (const message of await client.messages.list()) console.log(`${message.direction} ${message.status} ${message.body}`);
  server.close();
  server.closeAllConnections();
});
