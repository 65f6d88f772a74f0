'use strict';
// What a function sees of its environment: the context, process.env, the globals Twilio and Runtime, its handler.

const fs = require('node:fs');
const path = require('node:path');
const { createRequire } = require('node:module');
const { pathToFileURL } = require('node:url');
const { bare } = require('./paths.cjs');
const { Response } = require('./response.cjs');

class Environment {
  /** told: { root, functions: [{ path, file }], assets: [{ path, file }], and what learn() is told }; files are below root */
  constructor(told, modules) {
    this.root = told.root;
    this.require = createRequire(path.join(told.root, 'handlers/worker.cjs'));
    this.functions = told.functions.map((each) => ({ ...each, file: path.join(told.root, each.file), handler: null, base: null }));
    this.assets = told.assets.map((each) => ({ ...each, file: path.join(told.root, each.file) }));
    this.variables = new Set();
    this.Twilio = this.twilioOf(modules);
    this.learn(told);
    this.installGlobals(modules);
  }

  /** The build's own version of the package, or the one that is loaded when it is the same. */
  twilioOf(modules) {
    modules.root = `${this.root}/`;
    const Twilio = this.require('twilio');
    if (!Twilio.Response) Twilio.Response = Response;
    return Twilio;
  }

  /** told: { domain_name, service_sid, environment_sid, account_sid, auth_token, variables } */
  learn(told) {
    const facts = { DOMAIN_NAME: told.domain_name, SERVICE_SID: told.service_sid, ENVIRONMENT_SID: told.environment_sid };
    if (told.auth_token) Object.assign(facts, { ACCOUNT_SID: told.account_sid, AUTH_TOKEN: told.auth_token });
    const all = { ...facts, ...told.variables };
    for (const name of this.variables) if (!(name in all)) delete process.env[name];
    // The path of programs stays: a variable PATH is for the context.
    for (const [name, value] of Object.entries(all)) if (name !== 'PATH') process.env[name] = value;
    this.variables = new Set(Object.keys(all).filter((name) => name !== 'PATH'));
    this.credentials = told.auth_token ? [told.account_sid, told.auth_token] : null;
    const { DOMAIN_NAME, ...rest } = facts;
    for (const each of this.functions) {
      each.base = { DOMAIN_NAME, PATH: each.path, ...rest, ...told.variables, getTwilioClient: (options) => this.client(options) };
    }
  }

  context(index) {
    return { ...this.functions[index].base };
  }

  client(options) {
    if (!this.credentials) {
      throw new Error('The service does not include credentials: create it with IncludeCredentials=true to use getTwilioClient()');
    }
    return this.Twilio(...this.credentials, { lazyLoading: true, ...options });
  }

  /** The handler, or a promise of it. */
  handler(index) {
    const each = this.functions[index];
    if (each === undefined) throw new Error('There is no such function');
    if (each.handler) return each.handler;
    const take = (exports) => {
      const handler = exports.handler ?? exports.default?.handler ?? exports.default;
      if (typeof handler !== 'function') throw new Error(`${each.path}: the function exports no handler`);
      each.handler = handler;
      return handler;
    };
    if (each.file.endsWith('.mjs')) return import(pathToFileURL(each.file)).then(take);
    return take(this.require(each.file));
  }

  installGlobals(modules) {
    modules.use(this.functions, this.assets);
    const functions = Object.fromEntries(this.functions.map((each) => [bare(each.path.slice(1)), { path: each.file }]));
    const files = Object.fromEntries(this.assets.map((each) => [each.path, {
      path: each.file,
      open: () => fs.readFileSync(each.file, 'utf8'),
    }]));
    global.Twilio = this.Twilio;
    global.Runtime = {
      getFunctions: () => functions,
      getAssets: () => files,
      getSync: (options = {}) => {
        const service = this.client().sync.v1.services(options.serviceName || 'default');
        service.maps = service.syncMaps;
        service.lists = service.syncLists;
        return service;
      },
    };
  }
}

module.exports = { Environment };
