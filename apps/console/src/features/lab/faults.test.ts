import { expect, test } from 'vitest';
import { describeFault, type FaultDraft, type FaultKind, faultKinds, faultOf } from './faults';

const kind = (of: string, value: string) => faultKinds.find((each) => each.of === of && each.value === value) as FaultKind;
const draft = (change: Partial<FaultDraft>): FaultDraft => ({ kind: kind('message', 'fail'), to: '', from: '', url: '', code: '', by: '', status: '', outcome: '', times: '', skip: '', probability: '', seed: '', ...change });

test('a fault has what belongs to its kind', () => {
  expect(faultOf(draft({ to: '+1415*', code: '30005', by: '5s', url: 'x' }))).toEqual({ do: 'fail', to: '+1415*', code: 30005 });
  expect(faultOf(draft({ kind: kind('webhook', 'status'), to: '+1', url: 'http://x', status: '503', times: '2' }))).toEqual({ do: 'status', url: 'http://x', status: 503, times: 2 });
  expect(faultOf(draft({ probability: '0.5', seed: '7', skip: '1' }))).toEqual({ do: 'fail', probability: 0.5, seed: 7, skip: 1 });
  expect(faultOf(draft({ code: 'abc' }))).toEqual({ do: 'fail', code: 'abc' });
});

test('a fault is told in words', () => {
  expect(describeFault({ sid: 'X', seen: 0, struck: 0, do: 'lose_receipt', times: 3 })).toBe('lose receipt, 3×');
  expect(describeFault({ sid: 'X', seen: 0, struck: 0, script: [{ do: 'fail' }, { do: 'pass' }] })).toBe('in turn: fail, pass');
});
