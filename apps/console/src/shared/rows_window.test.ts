import { expect, test } from 'vitest';
import { shiftOf, windowOf } from './rows_window';

test('what can be seen and a little more is made, however far down', () => {
  expect(windowOf(0, 450, 45)).toEqual({ from: 0, to: 22 });
  expect(windowOf(4_500_000, 450, 45)).toEqual({ from: 99_988, to: 100_022 });
});

test('rows that came before move the others down', () => {
  const id = (text: string) => text;
  expect(shiftOf(['c', 'b', 'a'], 'a', id)).toBe(2);
  expect(shiftOf(['a'], 'a', id)).toBe(0);
  expect(shiftOf(['b'], 'a', id)).toBe(0);
  expect(shiftOf(['b'], undefined, id)).toBe(0);
});
