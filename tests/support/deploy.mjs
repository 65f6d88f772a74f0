// Brings functions and assets to a running server through the REST API, as the serverless toolkit does.

import { setTimeout as later } from 'node:timers/promises';

/** Gives what the REST API answers; fails on anything but 2xx. */
export async function rest(server, method, path, form) {
  const answer = await server.request('serverless', method, `/v1/Services${path}`, { form });
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.json;
}

async function upload(server, path, fields, content, type, filename) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('Content', new Blob([content], { type }), filename);
  const request = new Request('http://x/', { method: 'POST', body: form });
  const answer = await server.request('serverless-upload', 'POST', `/v1/Services${path}`,
    { headers: { 'Content-Type': request.headers.get('content-type') }, body: Buffer.from(await request.arrayBuffer()) });
  if (answer.status >= 300) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`);
  return answer.json;
}

let last = 0;

export async function newService(server, options = {}) {
  const name = options.name ?? `svc-${process.pid}-${++last}`;
  return rest(server, 'POST', '', { UniqueName: name, FriendlyName: name, IncludeCredentials: String(options.credentials ?? true) });
}

export async function newEnvironment(server, service, suffix = 'dev') {
  const environment = await rest(server, 'POST', `/${service.sid}/Environments`, { UniqueName: `${suffix}-environment`, DomainSuffix: suffix });
  return { ...environment, label: environment.domain_name.replace('.twil.io', '') };
}

/** functions, assets: { path: text, or { text, visibility, type } }. Gives the build, completed. */
export async function newBuild(server, service, { functions = {}, assets = {}, dependencies = [], runtime } = {}) {
  const versions = async (kind, files, defaultType, filename) => {
    const sids = [];
    for (const [path, file] of Object.entries(files)) {
      const { text, visibility = 'public', type = defaultType } = typeof file === 'object' && !Buffer.isBuffer(file) ? file : { text: file };
      const parent = await rest(server, 'POST', `/${service.sid}/${kind}`, { FriendlyName: path });
      const version = await upload(server, `/${service.sid}/${kind}/${parent.sid}/Versions`, { Path: path, Visibility: visibility }, text, type, file.filename ?? filename(path));
      sids.push(version.sid);
    }
    return sids;
  };
  const pairs = [];
  for (const sid of await versions('Functions', functions, 'application/javascript', (path) => `${path.split('/').pop()}.js`)) pairs.push(['FunctionVersions', sid]);
  for (const sid of await versions('Assets', assets, 'text/plain', (path) => path.split('/').pop())) pairs.push(['AssetVersions', sid]);
  if (dependencies.length > 0) pairs.push(['Dependencies', JSON.stringify(dependencies)]);
  if (runtime) pairs.push(['Runtime', runtime]);
  let build = await rest(server, 'POST', `/${service.sid}/Builds`, pairs);
  const deadline = Date.now() + 120_000;
  while (build.status === 'building' && Date.now() < deadline) {
    await later(30);
    build = { ...build, ...await rest(server, 'GET', `/${service.sid}/Builds/${build.sid}/Status`) };
  }
  if (build.status !== 'completed') throw new Error(`the build is ${build.status}`);
  return build;
}

export async function activate(server, service, environment, build) {
  return rest(server, 'POST', `/${service.sid}/Environments/${environment.sid}/Deployments`, { BuildSid: build.sid });
}

/** Everything at once: what is at `label`.twil.io answers when this returns. */
export async function deploy(server, project) {
  const service = await newService(server, project);
  const environment = await newEnvironment(server, service, project.suffix);
  for (const [Key, Value] of Object.entries(project.variables ?? {})) {
    await rest(server, 'POST', `/${service.sid}/Environments/${environment.sid}/Variables`, { Key, Value });
  }
  const build = await newBuild(server, service, project);
  const deployment = await activate(server, service, environment, build);
  return { service, environment, build, deployment, label: environment.label, domain: environment.domain_name,
    /** A request to a path of it, unsigned. */
    ask: (method, path, options = {}) => server.request(environment.label, method, path, { auth: null, ...options }) };
}
