// The official Node library as a table: which object and method of it makes the request of an operation. Found by walking
// the library itself, so nothing about it is written down here.

import http from 'node:http';
import { createRequire } from 'node:module';
import { isPlaceholder, shapeOf, segmentsOf } from './openapi.mjs';

const require = createRequire(import.meta.url);
const twilio = require('twilio');
const RequestClient = require('twilio/lib/base/RequestClient');

/** Sends plain HTTP to the recorder, with the Host header that HTTPS would have. */
export function officialClient(recorder, sid, token) {
  const httpClient = new (RequestClient.default ?? RequestClient)();
  const agent = new http.Agent({ keepAlive: true });
  const connect = agent.createConnection;
  agent.createConnection = (options, done) => connect.call(agent, { ...options, host: '127.0.0.1', port: recorder.port }, done);
  httpClient.axios.defaults.httpAgent = agent;
  const request = httpClient.request.bind(httpClient);
  httpClient.request = (options) => request({ ...options, uri: options.uri.replace(/^https:/, 'http:') });
  return { client: twilio(sid, token, { httpClient }), close: () => agent.destroy() };
}

const getters = (object) => {
  const out = new Set();
  for (let at = Object.getPrototypeOf(object); at && at !== Object.prototype && at !== Function.prototype; at = Object.getPrototypeOf(at)) {
    for (const [name, each] of Object.entries(Object.getOwnPropertyDescriptors(at))) if (each.get && !name.startsWith('_')) out.add(name);
  }
  for (const [name, each] of Object.entries(Object.getOwnPropertyDescriptors(object))) if (each.get && !name.startsWith('_')) out.add(name);
  return [...out];
};

/** shape of a path → a function of the path's values that gives the object there. */
export function objectsOf(client) {
  const found = new Map();
  const note = (version, object, make, count) => {
    if (typeof object._uri !== 'string') return;
    const base = new URL(version._domain.baseUrl).hostname.split('.')[0];
    const path = `/${version._version ?? ''}/${object._uri}`.replace(/\/+/g, '/');
    const segments = segmentsOf(path).map((each) => (/^p\d+p$/.test(each) ? '{}' : each));
    const shape = shapeOf(base, segments);
    found.set(shape, [...(found.get(shape) ?? []), { make, count }]);
  };
  const visit = (version, make, count, depth) => {
    if (depth > 8) return;
    const values = Array.from({ length: 8 }, (_, i) => `p${i}p`);
    let object;
    try { object = make(values); } catch { return; }
    if (!object || (typeof object !== 'object' && typeof object !== 'function')) return;
    note(version, object, make, count);
    if (typeof object === 'function' && typeof object.get === 'function') {
      const arity = Math.max(1, object.get.length);
      visit(version, (given) => make(given)(...given.slice(count, count + arity)), count + arity, depth + 1);
    }
    for (const name of getters(object)) visit(version, (given) => make(given)[name], count, depth + 1);
  };
  const warn = console.warn;
  console.warn = () => {};  // some of what is walked over is deprecated
  for (const domainName of getters(client)) {
    let domain;
    try { domain = client[domainName]; } catch { continue; }
    if (!domain?.baseUrl) continue;
    for (const versionName of getters(domain)) {
      let version;
      try { version = domain[versionName]; } catch { continue; }
      if (version?._domain !== domain) continue;
      for (const name of getters(version)) {
        if (!['domain'].includes(name)) visit(version, () => version[name], 0, 0);
      }
    }
  }
  console.warn = warn;
  return found;
}

const squash = (name) => name.replace(/<$/, 'before').replace(/>$/, 'after').replace(/[^A-Za-z0-9]/g, '').toLowerCase();

/** The parameters as the library wants them: it asks by its own names, and what it asks for is known by the wire's. */
export function asAsked(values) {
  const known = new Map(Object.entries(values).map(([name, value]) => [squash(name), value]));
  // version is versionParam there.
  const value = (name) => known.get(squash(name)) ?? known.get(squash(name.replace(/Param$/, '')));
  return new Proxy({}, { get: (_, name) => (typeof name === 'string' ? value(name) : undefined), has: (_, name) => value(String(name)) !== undefined });
}

export const verbsOf = (operation) => {
  const verb = /^[A-Z][a-z]+/.exec(operation.id)[0];
  const names = { Create: ['create'], Fetch: ['fetch'], Update: ['update'], Delete: ['remove'], List: ['page'], Patch: ['patch', 'update'] }[verb] ?? [];
  return operation.method === 'PATCH' ? ['patch', ...names] : names;
};

export const shapeOfOperation = (operation) => shapeOf(operation.host, operation.segments.map((each) => (isPlaceholder(each) ? '{}' : each)));
