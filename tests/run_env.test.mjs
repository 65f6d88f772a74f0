// `dialtone run` and `dialtone env`: every client reaches Dialtone, everybody else is left alone, and the command behaves as
// if nobody stood between.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import tls from 'node:tls';
import { Hooks } from './support/hooks.mjs';
import { binary, Server } from './support/server.mjs';
import { dialtone, home } from './support/run.mjs';

const quick = { timeout: 60_000 };

function place(t) {
  const made = home();
  t.after(made.remove);
  return made;
}

const sdk = (version) => `
  const twilio = require('${version}');
  twilio(process.env.TWILIO_ACCOUNT_SID, process.env.TWILIO_AUTH_TOKEN).messages
    .create({ to: process.env.MY_NUMBER, from: process.env.TWILIO_NUMBER, body: 'hi' }).then((m) => console.log(m.status));`;
const python = `
import os, requests
account = os.environ['TWILIO_ACCOUNT_SID']
answer = requests.post(f'https://api.twilio.com/2010-04-01/Accounts/{account}/Messages.json', auth=(account, os.environ['TWILIO_AUTH_TOKEN']),
                       data={'To': os.environ['MY_NUMBER'], 'From': os.environ['TWILIO_NUMBER'], 'Body': 'hi'})
print(answer.json()['status'])
`;
const curl = `curl -sS -u "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN" --data-urlencode "To=$MY_NUMBER" --data-urlencode "From=$TWILIO_NUMBER" -d Body=hi \
  https://api.twilio.com/2010-04-01/Accounts/$TWILIO_ACCOUNT_SID/Messages.json | sed 's/.*"status": "\\([a-z]*\\)".*/\\1/'`;
const clients = [
  ...['twilio', 'twilio-v5', 'twilio-v4', 'twilio-v3'].map((version) => [version, process.execPath, '-e', sdk(version)]),
  ['curl', 'sh', '-c', curl],
  ['requests', '/usr/bin/python3', '-c', python],
];

test('one server serves every client, under run and with the exports of env', { timeout: 120_000 }, async (t) => {
  const { env, data } = place(t);
  const none = await dialtone(['env', '--data', data], { env }).done;
  assert.equal(none.code, 1);
  assert.match(none.err, /^dialtone: no server is running; [^\n]+\n$/);
  const server = dialtone(['serve', '--port', '0', '--data', data], { env });
  await server.until(/ready/);
  const exports = await dialtone(['env', '--data', data], { env }).done;
  assert.equal(exports.code, 0);
  for (const line of exports.out.trim().split('\n')) assert.match(line, /^export [A-Za-z_]+='[^']*'$/);
  await Promise.all(clients.map(async ([name, ...command]) => {
    const run = await dialtone(['run', '--data', data, '--', ...command], { env }).done;
    assert.equal(run.out.trim(), 'queued', `${name}: ${run.err}`);
    const shell = spawn('sh', ['-c', `eval "$(cat)"; exec "$@"`, 'sh', ...command], { env, cwd: new URL('.', import.meta.url).pathname, stdio: ['pipe', 'pipe', 'inherit'] });
    shell.stdin.end(exports.out);
    let out = '';
    shell.stdout.on('data', (bytes) => { out += bytes; });
    await once(shell, 'close');
    assert.equal(out.trim(), 'queued', name);
  }));
  server.child.kill('SIGTERM');
  await server.done;
});

test("the command's end is run's end", quick, async (t) => {
  const { env, data } = place(t);
  const server = dialtone(['serve', '--port', '0', '--data', data], { env });
  await server.until(/ready/);
  const run = (...command) => dialtone(['run', '--data', data, '--', ...command], { env }).done;
  assert.equal((await run('true')).code, 0);
  assert.equal((await run('sh', '-c', 'exit 7')).code, 7);
  assert.equal((await run('sh', '-c', 'kill -TERM $$')).code, 143);
  assert.equal((await run('sh', '-c', 'kill -KILL $$')).code, 137);
  const missing = await run('no-such-command-here', 'x');
  assert.equal(missing.code, 127);
  assert.match(missing.err, /^dialtone: no-such-command-here: No such file or directory\n$/);
  const folder = await run('/');
  assert.equal(folder.code, 126);
  const options = await run('printf', '%s.', '--port', '1', '--', '-h');
  assert.equal(options.out, '--port.1.--.-h.');
  const [out, err] = [await run('echo', 'to stdout'), await run('sh', '-c', 'echo to stderr >&2')];
  assert.deepEqual([out.out, out.err, err.out, err.err], ['to stdout\n', '', '', 'to stderr\n']);
  const fed = dialtone(['run', '--data', data, '--', 'cat'], { env, stdin: 'pipe' });
  fed.child.stdin.end('through stdin');
  assert.equal((await fed.done).out, 'through stdin');
  server.child.kill('SIGTERM');
  await server.done;
});

test('signals that are sent to run reach the command', quick, async (t) => {
  const { env, data } = place(t);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2']) {
    const script = `process.on('${signal}', () => { console.log('got it'); process.exit(5); }); setInterval(() => {}, 1000); console.log('set')`;
    const run = dialtone(['run', '--data', data, '--', process.execPath, '-e', script], { env });
    await run.until(/set/);
    run.child.kill(signal);
    const { code, out } = await run.done;
    assert.equal(code, 5, signal);
    assert.match(out, /got it/);
  }
});

test('Ctrl-C on a terminal reaches the command once, and run waits for it', quick, async (t) => {
  const { env, data } = place(t);
  // A pseudo-terminal by Python: it types Ctrl-C once the command is set.
  const driver = `
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
text = b''
typed = False
while True:
    try:
        piece = os.read(fd, 1024)
    except OSError:
        break
    if not piece:
        break
    text += piece
    if b'set' in text and not typed:
        typed = True
        os.write(fd, b'\\x03')
sys.stdout.write(text.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;
  const script = "let n = 0; process.on('SIGINT', () => { n += 1; if (n === 1) setTimeout(() => { console.log(`times ${n}`); process.exit(9); }, 300); }); setInterval(() => {}, 1000); console.log('set')";
  const child = spawn('/usr/bin/python3', ['-c', driver, binary, 'run', '--data', data, '--', process.execPath, '-e', script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (bytes) => { out += bytes; });
  const [code] = await once(child, 'close');
  assert.equal(code, 9, out);
  assert.match(out, /times 1/);
});

test('a server that run started ends with its last user', quick, async (t) => {
  const { env, data } = place(t);
  const waitForFile = 'while [ ! -e "$0" ]; do sleep 0.05; done; curl -s -o /dev/null -w "%{http_code}" -u "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN" https://api.twilio.com/2010-04-01/Accounts.json';
  // All begin at once on a folder that is not there yet.
  const runs = ['one', 'two', 'three'].map((name) => dialtone(['run', '--data', data, '--', 'sh', '-c', `echo here; ${waitForFile}`, join(data, name)], { env }));
  await Promise.all(runs.map((run) => run.until(/here/)));
  const note = JSON.parse(readFileSync(join(data, 'server.json'), 'utf8'));
  for (const [i, name] of ['one', 'two', 'three'].entries()) {
    execFileSync('touch', [join(data, name)]);
    // Not the end of its output: the server, which goes on for the others, shares the stderr of the run that started it.
    const [code] = runs[i].child.exitCode === null ? await once(runs[i].child, 'exit') : [runs[i].child.exitCode];
    await runs[i].until(/here\n200/);
    assert.equal(code, 0);
  }
  await gone(note.pid);
  // One that was killed leaves no server behind either.
  const killed = dialtone(['run', '--data', data, '--', 'sh', '-c', 'echo here; exec sleep 60'], { env });
  await killed.until(/here/);
  const second = JSON.parse(readFileSync(join(data, 'server.json'), 'utf8'));
  const child = execFileSync('pgrep', ['-P', String(killed.child.pid), 'sleep']).toString().trim();
  killed.child.kill('SIGKILL');
  process.kill(Number(child));
  await killed.done;
  await gone(second.pid);
  assert.ok(!existsSync(join(data, 'server.json')));
});

async function gone(pid) {
  for (let i = 0; i < 400; ++i) {
    try { process.kill(pid, 0); } catch { return; }
    await new Promise((done) => setTimeout(done, 25));
  }
  assert.fail(`the server ${pid} still runs`);
}

test('run with a port: that server, or one line that tells of the other', quick, async (t) => {
  const { env, data, folder } = place(t);
  const server = dialtone(['serve', '--port', '0', '--data', data], { env });
  await server.until(/ready/);
  const { port } = JSON.parse(readFileSync(join(data, 'server.json'), 'utf8'));
  const found = await dialtone(['run', '--port', String(port), '--', 'sh', '-c', 'echo $HTTPS_PROXY'], { env }).done;
  assert.equal(found.out, `http://127.0.0.1:${port}\n`);
  const byVariable = await dialtone(['run', '--', 'sh', '-c', 'echo $HTTPS_PROXY'], { env: { ...env, DIALTONE_PORT: String(port) } }).done;
  assert.equal(byVariable.out, `http://127.0.0.1:${port}\n`);
  const other = await dialtone(['run', '--port', '1', '--data', data, '--', 'true'], { env }).done;
  assert.equal(other.code, 2);
  assert.match(other.err, new RegExp(`^dialtone: the server of \\S+ runs on port ${port}, not 1\\n$`));
  const taken = net.createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.after(() => taken.close());
  const refused = await dialtone(['run', '--port', String(taken.address().port), '--data', join(folder, 'more'), '--', 'true'], { env }).done;
  assert.equal(refused.code, 2);
  assert.match(refused.err, /^dialtone: [^\n]+\n$/);
  // A server that was killed leaves a note, which deceives nobody.
  server.child.kill('SIGKILL');
  await server.done;
  const after = await dialtone(['run', '--data', data, '--', 'sh', '-c', 'echo $HTTPS_PROXY'], { env }).done;
  assert.equal(after.code, 0, after.err);
  assert.notEqual(after.out, `http://127.0.0.1:${port}\n`);
});

test('what the user reaches directly stays so', quick, async (t) => {
  const { env, data } = place(t);
  const run = await dialtone(['run', '--data', data, '--', 'sh', '-c', 'echo $NO_PROXY $no_proxy'], { env: { ...env, no_proxy: 'intranet.example, api.twilio.com,*' } }).done;
  assert.equal(run.out, 'localhost,127.0.0.1,::1,intranet.example localhost,127.0.0.1,::1,intranet.example\n');
});

test("the proxy answers for Twilio's hosts only; the rest is tunnelled byte for byte", quick, async (t) => {
  const server = await Server.start();
  t.after(() => server.stop());
  const ca = readFileSync(server.caFile);
  const connect = async (target) => {
    const socket = net.connect(server.port, '127.0.0.1');
    socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
    const [head] = await once(socket, 'data');
    return [socket, head.toString()];
  };
  for (const host of ['api.twilio.com', 'verify.twilio.com', 'api.dublin.ie1.twilio.com', 'twilio.com', 'some-thing-1234.twil.io']) {
    const [socket, head] = await connect(`${host}:443`);
    assert.match(head, /^HTTP\/1\.1 200/, host);
    const secure = tls.connect({ socket, servername: host, ca });
    await once(secure, 'secureConnect');
    assert.ok(secure.authorized);
    assert.match(secure.getPeerCertificate().subjectaltname, new RegExp(`DNS:(${host.replaceAll('.', '\\.')}|\\*)`));
    secure.destroy();
  }
  // Any bytes pass, both ways, also those that look like TLS or HTTP.
  const echo = net.createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  t.after(() => echo.close());
  const bytes = Buffer.alloc(300_000, 0).map((_, i) => (i * 7919 + (i >> 8)) & 0xff);
  bytes[0] = 0x16;
  const [socket, head] = await connect(`127.0.0.1:${echo.address().port}`);
  assert.match(head, /^HTTP\/1\.1 200/);
  socket.write(bytes);
  let got = Buffer.alloc(0);
  for await (const piece of socket) {
    got = Buffer.concat([got, piece]);
    if (got.length >= bytes.length) break;
  }
  assert.ok(got.equals(bytes));
  // Plain HTTP through the proxy reaches its host, and names that only look like Twilio's are not taken.
  const hooks = await Hooks.start();
  t.after(() => hooks.close());
  hooks.on('/there', { status: 201, body: 'there' });
  const curled = spawn('curl', ['-sS', '--noproxy', '', '-x', server.url, hooks.url('/there')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [out] = await once(curled.stdout, 'data');
  assert.equal(out.toString(), 'there');
  for (const host of ['twilio.com.invalid', 'nottwilio.invalid']) {
    const [closed, answer] = await connect(`${host}:443`);
    assert.doesNotMatch(answer, /^HTTP\/1\.1 200/, host);
    closed.destroy();
  }
});
