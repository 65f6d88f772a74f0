'use strict';
// A worker: one Node process that runs the functions of one environment. It starts without knowing whose it will be,
// loads what every function needs, and waits. Then its build is mounted, one frame tells the environment, and from
// there on it answers requests, many at once as Node does.
//
// Nothing here keeps one environment from another: that is the sandbox's work. A function can do to this process
// whatever it likes, and the program behind the socket believes nothing it reads from it.

const { Channel } = require('./channel.cjs');
const { Environment } = require('./environment.cjs');
const { installConsole } = require('./console.cjs');
const { installNetwork } = require('./network.cjs');
const { installModules } = require('./modules.cjs');
const { current, run, fail } = require('./request.cjs');

const settings = JSON.parse(process.env.DIALTONE_WORKER);
delete process.env.DIALTONE_WORKER;

const channel = new Channel(settings.fd);
const modules = installModules(settings.modules);
installConsole();
if (settings.port) installNetwork(settings.host, settings.port);

let environment;

channel.onload = (told) => {
  process.chdir(told.root);
  environment = new Environment(told, modules);
};
channel.onvariables = (told) => environment.learn(told);
channel.oninvoke = (id, index, sid, event) => run(environment, channel, id, index, sid, event);

// An exception that nobody caught belongs to the request whose work threw it; the others go on.
const escaped = (error) => {
  const request = current();
  if (request) fail(request, error);
};
process.on('uncaughtException', escaped);
process.on('unhandledRejection', escaped);

// The pool's threads start now: later the number of processes is limited.
for (let i = 0; i < 4; ++i) require('node:fs').stat('/', () => {});

channel.ready({ node: process.version, twilio: modules.version });

// When it is to wait, and has not been started for somebody: what a function that sends a message needs first.
setTimeout(() => {
  if (!environment) void modules.Twilio(`AC${'0'.repeat(32)}`, '-', { lazyLoading: true }).messages;
}, 100);
