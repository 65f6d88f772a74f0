// The console's table of messages in Chromium, scrolled from the newest to the oldest of many, while more come in: how
// long the frames take, how many tasks take longer than 50 ms, how many rows are in the page at once. And what the first
// load weighs, compressed.
//
//   bench/console/run [--tiny] [--messages 100000] [--live 50] [--json]

import { Browser } from '../../tests/support/browser.mjs';
import { Server, dataFolder, load, options, table } from '../support/support.mjs';

const given = options(['tiny', 'messages', 'live', 'json']);
const messages = Number(given.messages ?? (given.tiny ? 2000 : 100_000));
const perSecond = Number(given.live ?? (given.tiny ? 10 : 50));

async function firstLoad(server) {
  const page = await server.request(null, 'GET', '/', { auth: null });
  let bytes = page.bytes.length;
  for (const [, file] of page.text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g))
    bytes += (await server.request(null, 'GET', file, { auth: null, headers: { 'Accept-Encoding': 'gzip' } })).bytes.length;
  return bytes;
}

/** In the page: scrolls to the very end, and notes what it was like. */
async function scroll(oldest) {
  const box = document.querySelector('[aria-label="Rows"]');
  const frames = [];
  const long = [];
  const observer = new PerformanceObserver((list) => { for (const each of list.getEntries()) long.push(each.duration); });
  observer.observe({ type: 'longtask' });
  let rows = 0;
  let before = performance.now();
  while (!box.textContent.includes(oldest)) {
    box.scrollTop += 2000;
    await new Promise((done) => { requestAnimationFrame(done); });
    const now = performance.now();
    frames.push(now - before);
    before = now;
    rows = Math.max(rows, box.querySelectorAll('[role="row"]').length);
  }
  observer.disconnect();
  frames.sort((a, b) => a - b);
  const at = (part) => frames[Math.min(frames.length - 1, Math.floor(frames.length * part))];
  return { frames: frames.length, frame_p50_ms: at(0.5), frame_p95_ms: at(0.95), frame_p99_ms: at(0.99), frame_max_ms: frames.at(-1),
    long_tasks: long.length, longest_task_ms: Math.max(0, ...long), rows_in_page_max: rows };
}

const server = await Server.start({ data: dataFolder() });
const browser = await Browser.start();
let stopped = false;
try {
  const url = `${server.url}/2010-04-01/Accounts/${server.sid}/Messages.json`;
  const headers = ['Content-Type: application/x-www-form-urlencoded', `Authorization: ${server.authorization}`];
  const body = `${new URLSearchParams({ To: server.handset, From: server.number, Body: 'Hello ' })}{n}`;
  await server.messages('', 'POST', { To: server.handset, From: server.number, Body: 'The very first' });
  const made = await load({ url, method: 'POST', headers, expect: 201, count: messages - 1, body });
  if (made.wrong + made.failed > 0) throw new Error(JSON.stringify(made));
  const page = await browser.page(`${server.url}/logs/messages?size=1000`);
  await page.getByRole('table').getByRole('row').nth(1).waitFor();
  let pages = 1;
  page.on('request', (request) => { if (/\/messages\?.*after=/.test(request.url())) ++pages; });
  const traffic = (async () => {
    while (!stopped) {
      await server.messages('', 'POST', { To: server.handset, From: server.number, Body: 'While it scrolls' });
      await new Promise((done) => { setTimeout(done, 1000 / perSecond); });
    }
  })();
  const seen = await page.evaluate(scroll, 'The very first');
  stopped = true;
  await traffic;
  const result = { messages, pages, ...seen, first_load_bytes: await firstLoad(server) };
  if (given.json) console.log(JSON.stringify(result));
  else table(['', ''], Object.entries(result).map(([name, value]) => [name.replaceAll('_', ' '), Number(value.toFixed(1)).toLocaleString()]));
} finally {
  stopped = true;
  await browser.stop();
  await server.stop();
}
