// Builds the console into one file that is linked into the program: build.mjs DOCUMENTS PACK
// Does nothing but copy when the sources are those of the last build, whichever build folder asked for that.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, relative, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { generate } from './generate.mjs';

const root = resolve(import.meta.dirname, '..');
const project = resolve(root, '../..');
const [documents = join(project, 'build/catalogue/documents'), target] = process.argv.slice(2);
const built = join(project, 'build/console');

const types = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml', '.png': 'image/png', '.woff2': 'font/woff2', '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
};

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name)).sort();
}

function digestOfSources() {
  const hash = createHash('sha256');
  const single = ['index.html', 'vite.config.ts', 'package.json', 'package-lock.json', 'tsconfig.json', '../../src/lab/openapi.mjs',
    '../../src/lab/openapi_schemas.mjs'].map((name) => join(root, name));
  for (const file of [...single, ...['src', 'build', 'public'].flatMap((name) => filesBelow(join(root, name)))]) {
    if (file.endsWith('generated.ts')) continue;
    hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function install() {
  const installed = join(root, 'node_modules/.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs) return;
  execFileSync('npm', ['ci', '--omit=dev', '--no-progress', '--silent'], { cwd: root, stdio: 'inherit' });
}

function pack(folder) {
  const index = [];
  const bodies = [];
  for (const file of filesBelow(folder)) {
    const bytes = readFileSync(file);
    const zipped = gzipSync(bytes, { level: 9 });
    const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 20)}"`;
    index.push(`/${relative(folder, file)}\t${types[extname(file)] ?? 'application/octet-stream'}\t${etag}\t${zipped.length}\n`);
    bodies.push(zipped);
  }
  return Buffer.concat([Buffer.from(`${index.join('')}\n`), ...bodies]);
}

mkdirSync(built, { recursive: true });
const digest = digestOfSources();
const stamp = join(built, 'digest');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== digest) {
  install();
  generate(documents);
  execFileSync(process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn', '--outDir', join(built, 'files'), '--emptyOutDir'],
    { cwd: root, stdio: 'inherit' });
  writeFileSync(join(built, 'console.pack'), pack(join(built, 'files')));
  writeFileSync(stamp, digest);
}
if (target) {
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(join(built, 'console.pack'), target);
}
