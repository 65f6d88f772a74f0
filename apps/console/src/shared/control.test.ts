import { expect, test } from 'vitest';
import { controlUrl } from './control';

test('values in a path are escaped, and of the query what is empty is left out', () => {
  expect(controlUrl('/handsets/{number}/messages', { number: '+1555' }, { direction: 'all', from: '', after: undefined, limit: 5 }))
    .toBe('/_dialtone/v1/handsets/%2B1555/messages?direction=all&limit=5');
  expect(controlUrl('/bins/{sid}', { sid: '../x' })).toBe('/_dialtone/v1/bins/..%2Fx');
});
