// Answers with JSON, whoever asks: open its address in the browser.
exports.handler = function (context, event, callback) {
  callback(null, { message: 'Hello from your function', you: event.name || 'nobody in particular', at: new Date().toISOString() });
};
