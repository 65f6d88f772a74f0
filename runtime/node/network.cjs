'use strict';
// Twilio's hosts are at the program that started us: every connection to them, by whatever library, goes there. It
// speaks TLS on the same port and has a certificate for each of these names.

const net = require('node:net');

const isOurs = (host) => /(^|\.)(twilio\.com|twil\.io)$/i.test(host);

function installNetwork(host, port) {
  const { connect } = net.Socket.prototype;
  net.Socket.prototype.connect = function redirected(...given) {
    const normalized = Array.isArray(given[0]) ? given[0] : net._normalizeArgs(given);
    const [options] = normalized;
    if (options && !options.path && typeof options.host === 'string' && isOurs(options.host)) {
      const moved = [{ ...options, host, port, lookup: undefined, servername: options.servername ?? options.host }, normalized[1]];
      // net.connect marks what it has normalized.
      for (const mark of Object.getOwnPropertySymbols(normalized)) moved[mark] = normalized[mark];
      return connect.call(this, moved);
    }
    return connect.apply(this, given);
  };
}

module.exports = { installNetwork };
