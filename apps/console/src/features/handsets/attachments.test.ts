import { expect, test } from 'vitest';
import { type Attachment, attachmentsMax, bodyOf, bytesMax, withFiles } from './attachments';

const file = (name: string, size = 3) => new File([new Uint8Array(size)], name, { type: 'image/png' });

test('a message without files is JSON, one with files is a form', () => {
  expect(bodyOf('+1', 'Hi', [])).toEqual({ to: '+1', body: 'Hi' });
  expect(bodyOf('+1', '', [{ kind: 'address', url: 'http://x/a.png' }])).toEqual({ to: '+1', body: '', media_urls: ['http://x/a.png'] });
  const form = bodyOf('+1', 'Look', [{ kind: 'file', file: file('a.png') }, { kind: 'address', url: 'http://x/b.png' }, { kind: 'file', file: file('c.png') }]);
  if (!(form instanceof FormData)) throw new Error('no form');
  expect([form.get('to'), form.get('body'), form.getAll('media_urls')]).toEqual(['+1', 'Look', ['http://x/b.png']]);
  expect(form.getAll('media').map((each) => (each as File).name)).toEqual(['a.png', 'c.png']);
});

test('too many and too large ones are not taken, and it is said', () => {
  const full = Array.from({ length: attachmentsMax }, (): Attachment => ({ kind: 'file', file: file('a.png') }));
  expect(withFiles(full, [file('b.png')])).toEqual({ attachments: full, problem: expect.stringContaining('10 pictures') as string });
  const large = withFiles([], [file('a.png'), file('b.png', bytesMax)]);
  expect(large.attachments).toHaveLength(1);
  expect(large.problem).toContain('b.png is too large');
});
