// Reminds people of their appointments by SMS and takes their answer. An ordinary app: it knows Twilio and nothing else.

const http = require('node:http');
const { randomInt } = require('node:crypto');
const twilio = require('twilio');

/** config: { client, authToken, from, url (how Twilio reaches us) } */
function createApp({ client, authToken, from, url }) {
  const appointments = new Map(); // by phone number: { at, state }
  const codes = new Map();        // by phone number

  const routes = {
    /** We are asked to remind somebody. */
    async '/appointments'({ phone, at }) {
      const message = await client.messages.create({
        from, to: phone, body: `Your appointment is at ${at}. Reply YES to confirm or NO to cancel.`,
        statusCallback: `${url()}/status`,
      });
      appointments.set(phone, { at, state: 'reminded', message: message.sid });
      return { state: 'reminded' };
    },

    /** What became of one. */
    async '/state'({ phone }) { return appointments.get(phone) ?? {}; },

    /** A code to sign in with. */
    async '/codes'({ phone }) {
      const code = String(randomInt(1_000_000)).padStart(6, '0');
      codes.set(phone, code);
      await client.messages.create({ from, to: phone, body: `${code} is your code for the clinic.` });
      return { sent: true };
    },

    async '/codes/check'({ phone, code }) {
      const right = codes.get(phone) === code;
      if (right) codes.delete(phone);
      return { right };
    },

    /** Twilio says what became of a message. */
    async '/status'({ To, MessageStatus, ErrorCode }) {
      const appointment = appointments.get(To);
      if (appointment && MessageStatus === 'undelivered') Object.assign(appointment, { state: 'call them', error: ErrorCode });
      return {};
    },

    /** Twilio has a message for us. */
    async '/sms'({ From, Body }) {
      const appointment = appointments.get(From);
      const answer = new twilio.twiml.MessagingResponse();
      const word = Body.trim().toLowerCase();
      if (!appointment) {
        answer.message('You have no appointment with us.');
      } else if (word === 'yes' || word === 'no') {
        appointment.state = word === 'yes' ? 'confirmed' : 'canceled';
        answer.message(word === 'yes' ? `See you at ${appointment.at}!` : 'Your appointment is canceled.');
      } else {
        answer.message('Please reply YES or NO.');
      }
      return answer.toString();
    },
  };
  const fromTwilio = new Set(['/sms', '/status']);

  return http.createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const params = Object.fromEntries(new URLSearchParams(text));
    const route = routes[request.url];
    if (!route) return response.writeHead(404).end();
    if (fromTwilio.has(request.url) && !twilio.validateRequest(authToken, request.headers['x-twilio-signature'] ?? '', url() + request.url, params)) {
      return response.writeHead(403).end('The signature is wrong');
    }
    try {
      const answer = await route(params);
      response.setHeader('Content-Type', typeof answer === 'string' ? 'text/xml' : 'application/json');
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    } catch (error) {
      response.writeHead(500).end(error.message);
    }
  });
}

module.exports = { createApp };

if (require.main === module) {
  const { TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_NUMBER, PORT = 3000, PUBLIC_URL = `http://localhost:${PORT}` } = process.env;
  createApp({ client: twilio(TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN), authToken: TWILIO_AUTH_TOKEN, from: TWILIO_NUMBER, url: () => PUBLIC_URL })
    .listen(PORT, () => console.log(`listening on ${PORT}`));
}
