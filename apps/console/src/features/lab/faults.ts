// What can go wrong on purpose, and a fault in words.

import type { ControlOperations, Fault } from '../../api/control';

export type Subject = 'message' | 'webhook';
export type Need = 'code' | 'by' | 'status' | 'outcome';
export interface FaultKind { value: string; of: Subject; label: string; needs: Need[] }
type NewFault = ControlOperations['POST /faults']['asked']['body'];

export const faultKinds: FaultKind[] = [
  { value: 'fail', of: 'message', label: 'fail', needs: ['code', 'outcome'] },
  { value: 'delay', of: 'message', label: 'arrive, and are told to be delivered later', needs: ['by'] },
  { value: 'slow', of: 'message', label: 'take the carrier long', needs: ['by'] },
  { value: 'lose_receipt', of: 'message', label: 'arrive, but stay “sent”', needs: [] },
  { value: 'lose_message', of: 'message', label: 'are lost', needs: [] },
  { value: 'twice', of: 'message', label: 'arrive twice', needs: [] },
  { value: 'per_segment', of: 'message', label: 'are told delivered once a segment', needs: [] },
  { value: 'out_of_order', of: 'message', label: 'are told delivered before sent', needs: [] },
  { value: 'refuse', of: 'message', label: 'are refused by the API', needs: ['code'] },
  { value: 'down', of: 'message', label: 'meet a carrier that is down', needs: [] },
  { value: 'stall', of: 'webhook', label: 'get no answer', needs: [] },
  { value: 'slow', of: 'webhook', label: 'are slow', needs: ['by'] },
  { value: 'reset', of: 'webhook', label: 'lose the connection', needs: [] },
  { value: 'tls', of: 'webhook', label: 'fail in the TLS handshake', needs: [] },
  { value: 'dns', of: 'webhook', label: 'do not find the host', needs: [] },
  { value: 'status', of: 'webhook', label: 'are answered with a status', needs: ['status'] },
];

export interface FaultDraft { kind: FaultKind; to: string; from: string; url: string; code: string; by: string; status: string; outcome: string; times: string; skip: string; probability: string; seed: string }

/** What is no number goes as it was typed, and is refused. */
const numberOf = (text: string) => (text === '' ? undefined : Number.isNaN(Number(text)) ? text : Number(text));

/** Only what belongs to the kind and was filled in. A webhook's fault names a URL in any case: that makes it one. */
export function faultOf(draft: FaultDraft): NewFault {
  const { kind } = draft;
  const has = (need: Need) => kind.needs.includes(need);
  const given = {
    do: kind.value,
    to: kind.of === 'message' ? draft.to || undefined : undefined,
    from: kind.of === 'message' ? draft.from || undefined : undefined,
    url: kind.of === 'webhook' ? draft.url || '*' : undefined,
    code: has('code') ? numberOf(draft.code) : undefined,
    by: has('by') ? draft.by || undefined : undefined,
    status: has('status') ? numberOf(draft.status) : has('outcome') ? draft.outcome || undefined : undefined,
    times: numberOf(draft.times), skip: numberOf(draft.skip), probability: numberOf(draft.probability), seed: numberOf(draft.seed),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as NewFault;
}

export function describeFault(fault: Fault): string {
  const steps = fault.script ? `in turn: ${fault.script.map((each) => each.do ?? 'pass').join(', ')}` : fault.do ?? '';
  const more = [
    fault.code && `code ${fault.code}`, fault.by && `by ${fault.by}`, fault.status && `status ${fault.status}`, fault.skip && `after ${fault.skip}`, fault.times && `${fault.times}×`,
    fault.probability !== undefined && `with probability ${fault.probability}`,
  ];
  return [steps.replaceAll('_', ' '), ...more.filter(Boolean)].join(', ');
}
