'use strict';
// What `require` finds. The package `twilio` is loaded before anybody asks: a build with the same version gets that one. A
// relative path is one of the paths that functions and private assets have, for in the build they lie under other names.

const Module = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { relativePaths } = require('./paths.cjs');
const { createRequire } = Module;

function installModules(folder) {
  const near = createRequire(path.join(folder, 'worker.cjs'));
  const Twilio = near('twilio');
  const { version } = near('twilio/package.json');
  const home = path.dirname(near.resolve('twilio/package.json'));
  // Most functions answer with one of these.
  for (const name of ['VoiceResponse', 'MessagingResponse']) new Twilio.twiml[name]().toString();

  const modules = { Twilio, version, relative: () => undefined, root: undefined };

  /** functions, assets: [{ path, file }], what relative paths may mean from now on. */
  modules.use = (functions, assets) => {
    modules.relative = relativePaths(functions, assets);
    if (![...functions, ...assets].some((each) => each.file.endsWith('.mjs'))) return;
    const plain = (files) => files.map((each) => ({ path: each.path, file: each.file }));
    const data = { root: modules.root, modules: folder, version, functions: plain(functions), assets: plain(assets) };
    Module.register(pathToFileURL(path.join(__dirname, 'imports.mjs')).href, { data });
  };
  const resolve = Module._resolveFilename;
  const versions = new Map();  // of packages in the build, by folder

  const sameVersion = (there) => {
    if (!versions.has(there)) {
      let found;
      try { found = JSON.parse(require('node:fs').readFileSync(path.join(there, 'package.json'), 'utf8')).version; } catch { found = undefined; }
      versions.set(there, found === version);
    }
    return versions.get(there);
  };

  Module._resolveFilename = function resolveFilename(request, parent, ...others) {
    if (modules.root && parent?.filename?.startsWith(modules.root)) {
      if (request === 'twilio' || request.startsWith('twilio/')) {
        const there = path.join(modules.root, 'node_modules/twilio');
        let found;
        try { found = resolve.call(this, request, parent, ...others); } catch (error) {
          if (require('node:fs').existsSync(there)) throw error;
          return near.resolve(request);
        }
        if (found.startsWith(`${there}/`) && sameVersion(there)) return path.join(home, found.slice(there.length));
        return found;
      }
      if (request.startsWith('./') || request.startsWith('../')) {
        const found = modules.relative(parent.filename, request);
        if (found) return found;
      }
    }
    return resolve.call(this, request, parent, ...others);
  };
  return modules;
}

module.exports = { installModules };
