// Services, uploads and builds for tests of functions.

import assert from 'node:assert/strict';

/** A service of the server's account, driven over the wire. */
export class Service {
  static async create(server, name = `svc-${Math.random().toString(36).slice(2, 8)}`, form = {}) {
    const service = new Service();
    service.server = server;
    service.resource = await service.made(`/v1/Services`, { UniqueName: name, FriendlyName: name, ...form });
    service.path = `/v1/Services/${service.resource.sid}`;
    return service;
  }

  /** POST that is expected to make something. */
  async made(path, form = {}) {
    const pairs = Object.entries(form).flatMap(([key, value]) => (Array.isArray(value) ? value : [value]).map((each) => [key, each]));
    const answer = await this.server.request('serverless', 'POST', path, { form: pairs });
    assert.equal(answer.status, 201, answer.text);
    return answer.json;
  }

  environment(suffix = 'dev', name = suffix || 'production') {
    return this.made(`${this.path}/Environments`, { UniqueName: name, ...(suffix ? { DomainSuffix: suffix } : {}) });
  }

  /** A version of a new function or asset ("Functions", "Assets"). */
  async upload(kind, path, content, { visibility = 'public', type, source } = {}) {
    const resource = source ?? await this.made(`${this.path}/${kind}`, { FriendlyName: path });
    const answer = await upload(this.server, `${this.path}/${kind}/${resource.sid}/Versions`, { path, visibility, content,
      type: type ?? (kind === 'Functions' ? 'application/javascript' : 'text/plain') });
    assert.equal(answer.status, 201, answer.text);
    return answer.json;
  }

  /** Makes a build of versions and waits for its end. */
  async build({ functions = [], assets = [], ...form }) {
    const build = await this.made(`${this.path}/Builds`, { FunctionVersions: functions.map((each) => each.sid), AssetVersions: assets.map((each) => each.sid), ...form });
    await this.server.event('function.built', (each) => each.subject === build.sid);
    return (await this.server.request('serverless', 'GET', `${this.path}/Builds/${build.sid}`)).json;
  }

  deploy(environment, build) {
    return this.made(`${this.path}/Environments/${environment.sid}/Deployments`, build ? { BuildSid: build.sid } : {});
  }
}

/** multipart/form-data as the toolkit sends it. Leaves out what is undefined. */
export function upload(server, target, { path, visibility, content, type = 'application/javascript', filename = 'code.js', headers = {}, auth }) {
  const boundary = `----dialtone${Math.random().toString(36).slice(2)}`;
  const field = (name, value) => Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
  const parts = [];
  if (path !== undefined) parts.push(field('Path', path));
  if (visibility !== undefined) parts.push(field('Visibility', visibility));
  if (content !== undefined) {
    parts.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="Content"; filename="${filename}"\r\nContent-Type: ${type}\r\n\r\n`), Buffer.from(content), Buffer.from('\r\n'));
  }
  parts.push(Buffer.from(`--${boundary}--\r\n`));
  return server.request('serverless-upload', 'POST', target, { headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}`, ...headers }, body: Buffer.concat(parts), ...(auth === undefined ? {} : { auth }) });
}
