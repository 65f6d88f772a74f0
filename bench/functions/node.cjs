'use strict';
// The limit to compare with: Node's http server and the same TwiML, nothing else.   node node.cjs MODULES PORT

const http = require('node:http');
const { createRequire } = require('node:module');

const Twilio = createRequire(`${process.argv[2]}/x.js`)('twilio');

http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const twiml = new Twilio.twiml.MessagingResponse();
    twiml.message(`You said: ${form.get('Body')}`);
    response.writeHead(200, { 'Content-Type': 'text/xml' });
    response.end(twiml.toString());
  });
}).listen(Number(process.argv[3]), '127.0.0.1');
