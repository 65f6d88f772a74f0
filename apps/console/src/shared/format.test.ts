import { expect, test } from 'vitest';
import { formatDuration, formatNumber, formatTime, plural, prettyBody, shortSid } from './format';

test.each([
  ['+15017122661', '+1 501 712 2661'],
  ['whatsapp:+15017122661', 'whatsapp:+1 501 712 2661'],
  ['+4915112345678', '+49 151 123 456 78'],
  ['72345', '72345'],
  ['', ''],
])('number %s is shown as %s', (given, shown) => { expect(formatNumber(given)).toBe(shown); });

test('a time of another day has its day', () => {
  const now = new Date('2026-03-05T12:00:00');
  expect(formatTime('2026-03-05T09:04:05', now)).toBe('09:04:05');
  expect(formatTime('2026-03-04T09:04:05', now)).toMatch(/Mar 4.*09:04:05/);
  expect(formatTime('2025-03-04T09:04:05', now)).toMatch(/2025/);
  expect(formatTime(null)).toBe('–');
  expect(formatTime('soon')).toBe('soon');
});

test('durations have a fitting unit', () => {
  expect([420, 3100, 1_200_000].map(formatDuration)).toEqual(['420 µs', '3.1 ms', '1.20 s']);
});

test('JSON bodies are indented, others left alone', () => {
  expect(prettyBody('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(prettyBody('{broken')).toBe('{broken');
  expect(prettyBody('<Response/>')).toBe('<Response/>');
});

test('counts and SIDs', () => {
  expect(plural(1, 'message')).toBe('1 message');
  expect(plural(1200, 'message')).toMatch(/^1.200 messages$/);
  expect(shortSid('SM0123456789abcdef0123456789abcdef')).toBe('SM0123…cdef');
});
