// Pages of the message list, with every documented filter, from a small store and a large one. The messages are alike in
// both: they go to ten handsets in turn, and five went to a rare one at the beginning. The deep page is the one in the
// middle, by its token.
//
//   bench/list/run [--tiny] [--small 1000] [--large 1000000] [--count 400] [--json]

import { Server, dataFolder, load, options, table } from '../support/support.mjs';

const given = options(['tiny', 'small', 'large', 'count', 'json']);
const tiny = Boolean(given.tiny);
const sizes = { small: Number(given.small ?? (tiny ? 100 : 1000)), large: Number(given.large ?? (tiny ? 1000 : 1_000_000)) };
const count = Number(given.count ?? (tiny ? 5 : 400));
const kDay = 86_400_000;
const kRare = 5;

const day = (offset) => new Date(Date.now() + offset * kDay).toISOString().slice(0, 10);

async function fill(size) {
  const server = await Server.start({ data: dataFolder() });
  const phones = await Promise.all(Array.from({ length: 11 }, async () => (await server.control('POST', '/handsets', { json: {} })).json.number));
  const rare = phones.pop();
  const url = `${server.url}/2010-04-01/Accounts/${server.sid}/Messages.json`;
  const headers = ['Content-Type: application/x-www-form-urlencoded', `Authorization: ${server.authorization}`];
  const send = async (to, messages) => {
    const made = await load({ url, method: 'POST', headers, expect: 201, count: messages,
      body: `${new URLSearchParams({ To: to, From: server.number, Body: 'Hello ' })}{n}` });
    if (made.wrong + made.failed > 0) throw new Error(JSON.stringify(made));
  };
  await send(rare, kRare);
  // In turn, so that what a filter finds is spread over the whole store.
  const step = Math.max(1, Math.round(size / 100));
  for (let done = 0, i = 0; done < size; done += step, ++i) await send(phones[i % phones.length], Math.min(step, size - done));
  return { server, url, rare, often: phones[3] };
}

/** The page in the middle, reached as a client would name it: by a token made of a message's SID. */
async function middle({ server, url }, size) {
  const pageSize = Math.min(1000, size / 2);
  let page = (await server.request('api', 'GET', `/2010-04-01/Accounts/${server.sid}/Messages.json?PageSize=${pageSize}`)).json;
  for (let seen = pageSize; seen < size / 2; seen += pageSize) page = (await server.request('api', 'GET', page.next_page_uri)).json;
  const token = page.messages.at(-1).sid;
  return `${url}?PageSize=50&Page=1&PageToken=PA${token}`;
}

async function measure(size) {
  const filled = await fill(size);
  const { server, url, rare, often } = filled;
  try {
    const number = encodeURIComponent;
    const cases = {
      'first page': '',
      'To, often': `To=${number(often)}`,
      'To, rare': `To=${number(rare)}`,
      'To, never': `To=${number('+15005550001')}`,
      'From': `From=${number(server.number)}`,
      'To and From': `To=${number(often)}&From=${number(server.number)}`,
      'DateSent today': `DateSent=${day(0)}`,
      'DateSent, a day without': 'DateSent=2020-01-01',
      'DateSent> yesterday': `DateSent%3E=${day(-1)}`,
      'DateSent> tomorrow': `DateSent%3E=${day(2)}`,
      'DateSent< tomorrow': `DateSent%3C=${day(1)}`,
      'DateSent< last year': `DateSent%3C=${day(-365)}`,
      'To and DateSent>': `To=${number(often)}&DateSent%3E=${day(-1)}`,
      'To, rare, and DateSent<': `To=${number(rare)}&DateSent%3C=${day(1)}`,
      'To, DateSent without': `To=${number(often)}&DateSent=2020-01-01`,
    };
    const headers = [`Authorization: ${server.authorization}`];
    const times = {};
    for (const [name, query] of Object.entries(cases)) {
      const result = await load({ url: `${url}${query && `?${query}`}`, headers, count, expect: 200, connections: 1, warmup: Math.ceil(count / 10) });
      if (result.wrong + result.failed > 0) throw new Error(`${name}: ${JSON.stringify(result)}`);
      times[name] = result.p50_us;
    }
    const deep = await load({ url: await middle(filled, size), headers, count, expect: 200, connections: 1, warmup: Math.ceil(count / 10) });
    times['a page in the middle'] = deep.p50_us;
    return times;
  } finally {
    await server.stop();
  }
}

const result = { small: await measure(sizes.small), large: await measure(sizes.large) };
if (given.json) {
  console.log(JSON.stringify(result));
} else {
  table(['p50 of a page', `${sizes.small}, ms`, `${sizes.large}, ms`, 'ratio'], Object.keys(result.small).map((name) => {
    const [small, large] = [result.small[name], result.large[name]];
    return [name, (small / 1000).toFixed(2), (large / 1000).toFixed(2), (large / small).toFixed(2)];
  }));
}
