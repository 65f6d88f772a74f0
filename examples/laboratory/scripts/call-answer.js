// Answers a call: it speaks, then plays music.
exports.handler = function (context, event, callback) {
  const answer = new Twilio.twiml.VoiceResponse();
  answer.say('Hello. This call is answered by your function in the laboratory.');
  answer.play('https://demo.twilio.com/docs/classic.mp3');
  callback(null, answer);
};
