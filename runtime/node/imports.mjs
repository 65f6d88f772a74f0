// What `import` finds, for builds with ES modules: the same as `require` does in modules.cjs. Node runs this in a thread of its own,
// which is why it is told everything anew.

import { join } from 'node:path';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import paths from './paths.cjs';

let settings;
let relative;

/** told: { root, modules, version, functions, assets }: folders end with a slash; modules has the package that is loaded already. */
export function initialize(told) {
  settings = { ...told, own: join(told.root, 'node_modules/twilio') };
  relative = paths.relativePaths(told.functions, told.assets);
}

const sameVersion = () => {
  try { return JSON.parse(readFileSync(join(settings.own, 'package.json'), 'utf8')).version === settings.version; } catch { return false; }
};

export async function resolve(specifier, context, next) {
  if (!context.parentURL?.startsWith('file:')) return next(specifier, context);
  const from = fileURLToPath(context.parentURL);
  if (!from.startsWith(settings.root)) return next(specifier, context);
  if (specifier === 'twilio' || specifier.startsWith('twilio/')) {
    const loaded = { ...context, parentURL: pathToFileURL(join(settings.modules, 'worker.cjs')).href };
    return next(specifier, existsSync(settings.own) && !sameVersion() ? context : loaded);
  }
  if (specifier.startsWith('./') || specifier.startsWith('../')) {
    const found = relative(from, decodeURIComponent(specifier.replace(/[?#].*$/, '')));
    if (found) return next(pathToFileURL(found).href, context);
  }
  return next(specifier, context);
}
