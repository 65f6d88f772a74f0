// Our signatures, judged by the official SDK: what the program's own code makes of URLs, forms and other bodies.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { binary } from './support/server.mjs';

const require = createRequire(import.meta.url);
const tool = join(dirname(binary), 'dt_sign');
const token = '1c892n40nd03kdnc0112slzkl3091j20';
const urls = ['https://example.com/sms', 'https://example.com', 'http://example.com/', 'https://example.com:8443/sms?tenant=a%20b&x=1', 'http://example.com:8080/a/b?c=d',
  'https://example.com/a?b', 'https://example.com/a?b=1&b=2&=', 'https://example.com/%C3%A9?q=%E2%9C%93+x', 'https://example.com/a?x=1#rc=3&rp=5xx', 'https://me:secret@example.com/a'];
const forms = [[], [['Body', '']], [['Body', 'Hi & bye ✓ 👍 + 100%'], ['From', '+14155551212'], ['body', 'lower'], ['B', '1']],
  [['Digits', '5678'], ['Digits', '1234'], ['Digits', '1234'], ['Sid', 'CA123'], ['SidAccount', 'AC123']], [['a', 'b\r\nc'], ['_', '~'], ['Z', ' ']]];
const bodies = ['{"property": "value", "boolean": true}', '', '[]', '✓', 'x'.repeat(100_000)];

test('validateRequest and validateRequestWithBody agree, in every version of the SDK', (t) => {
  if (!existsSync(tool)) return t.skip('dt_sign is not built');
  const requests = urls.flatMap((url) => [...forms.map((params) => ({ token, url, params })), ...bodies.map((body) => ({ token, url, body }))]);
  const answers = execFileSync(tool, { input: requests.map((each) => JSON.stringify(each)).join('\n') + '\n' }).toString().trim().split('\n').map((line) => JSON.parse(line));
  assert.equal(answers.length, requests.length);
  for (const version of ['twilio', 'twilio-v5', 'twilio-v4', 'twilio-v3']) {
    const { validateRequest, validateRequestWithBody } = require(version);
    for (const [i, { url, params, body }] of requests.entries()) {
      const { url: asked, signature } = answers[i];
      assert.doesNotMatch(asked, /[#@]/);
      const what = `${version} ${url} ${JSON.stringify(params ?? body).slice(0, 60)}`;
      if (params) {
        const values = {};
        for (const [name, value] of params) values[name] = name in values ? [values[name], value].flat() : value;
        assert.ok(validateRequest(token, signature, asked, values), what);
        assert.ok(!validateRequest('another token', signature, asked, values), what);
        assert.ok(!validateRequest(token, signature, asked, { ...values, More: '1' }), what);
      } else {
        assert.ok(validateRequestWithBody(token, signature, asked, body), what);
        assert.ok(!validateRequestWithBody(token, signature, asked, `${body} `), what);
      }
    }
  }
});
