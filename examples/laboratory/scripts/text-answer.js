// Answers an SMS with an SMS: point the number's messages at it and write to the number.
exports.handler = function (context, event, callback) {
  const reply = new Twilio.twiml.MessagingResponse();
  reply.message(`You wrote "${event.Body || 'nothing'}". The Kessel Run took less than twelve parsecs.`);
  callback(null, reply);
};
