// A registry of npm for tests: packages are given as files, and a request can be held to see what happens meanwhile.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { gzipSync } from 'node:zlib';

export class Registry {
  static async start(packages) {
    const registry = new Registry();
    registry.packages = new Map(packages.map((each) => [each.name, { ...each, tarball: tarball(each) }]));
    registry.requests = [];
    registry.held = undefined;
    registry.server = http.createServer((request, response) => registry.answer(request, response));
    registry.server.listen(0, '127.0.0.1');
    await once(registry.server, 'listening');
    registry.url = `http://127.0.0.1:${registry.server.address().port}`;
    return registry;
  }

  /** The next request for the package waits. Gives it, once it has come, with `release` and `gone` (its connection broke). */
  hold(name) {
    return new Promise((came) => {
      this.held = { name, came };
    });
  }

  answer(request, response) {
    this.requests.push(request.url);
    const name = decodeURIComponent(request.url.slice(1).split('/-/')[0]);
    if (this.held?.name === name) {
      const { came } = this.held;
      this.held = undefined;
      came({ release: () => this.serve(request, response, name), gone: new Promise((done) => response.on('close', () => done())) });
      return;
    }
    this.serve(request, response, name);
  }

  serve(request, response, name) {
    const found = this.packages.get(name);
    if (!found) {
      response.writeHead(404, { 'Content-Type': 'application/json' }).end('{"error": "Not found"}');
    } else if (request.url.includes('/-/')) {
      response.writeHead(200, { 'Content-Type': 'application/octet-stream' }).end(found.tarball);
    } else {
      const { version } = found;
      const dist = { tarball: `${this.url}/${name}/-/${name}-${version}.tgz`, integrity: `sha512-${createHash('sha512').update(found.tarball).digest('base64')}` };
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ name, 'dist-tags': { latest: version }, versions: { [version]: { name, version, scripts: found.scripts, dist } } }));
    }
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

function tarball({ name, version, scripts, files = {} }) {
  const all = { 'package.json': JSON.stringify({ name, version, main: 'index.js', scripts }), ...files };
  const blocks = [];
  for (const [path, text] of Object.entries(all)) {
    const content = Buffer.from(text);
    const header = Buffer.alloc(512);
    header.write(`package/${path}`, 0);
    header.write('0000644\0', 100);
    header.write('0000000\0', 108);
    header.write('0000000\0', 116);
    header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('00000000000\0', 136);
    header.write('        ', 148);
    header.write('0', 156);
    header.write('ustar\x0000', 257);
    header.write(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148);
    blocks.push(header, content, Buffer.alloc((512 - (content.length % 512)) % 512));
  }
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}
