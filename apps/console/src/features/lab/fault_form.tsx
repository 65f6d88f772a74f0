import { Anchor, Button, Group, Select, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { control } from '../../shared/control';
import { Failure } from '../../shared/ui';
import { type FaultDraft, type FaultKind, faultKinds, faultOf } from './faults';

const keyOf = (kind: FaultKind) => `${kind.of} ${kind.value}`;
const labelOf = (kind: FaultKind) => `${kind.of === 'message' ? 'Messages' : 'Webhooks'} ${kind.label}`;
const first = faultKinds[0] as FaultKind;
const empty: FaultDraft = { kind: first, to: '', from: '', url: '', code: '', by: '', status: '', outcome: '', times: '1', skip: '', probability: '', seed: '' };

export function FaultForm({ onMade }: { onMade: () => void }) {
  const [draft, setDraft] = useState(empty);
  const [more, setMore] = useState(false);
  const make = useMutation({ mutationFn: () => control('POST /faults', { body: faultOf(draft) }), onSuccess: onMade });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  const text = (name: Exclude<keyof FaultDraft, 'kind'>, label: string, placeholder: string, width: number, numeric = false) => (
    <TextInput label={label} placeholder={placeholder} w={width} value={draft[name]} inputMode={numeric ? 'numeric' : undefined}
      onChange={(event) => { const value = event.currentTarget.value.trim(); setDraft((before) => ({ ...before, [name]: value })); }} />
  );
  const { kind } = draft;
  return (
    <form onSubmit={submit}>
      <Group gap="sm" align="flex-end">
        <Select label="What goes wrong" w={330} maw="100%" allowDeselect={false} value={keyOf(kind)} onChange={(key) => { setDraft({ ...draft, kind: faultKinds.find((each) => keyOf(each) === key) ?? first }); make.reset(); }}
          data={(['message', 'webhook'] as const).map((of) => ({ group: of === 'message' ? 'Messages' : 'Webhooks', items: faultKinds.filter((each) => each.of === of).map((each) => ({ value: keyOf(each), label: labelOf(each) })) }))} />
        {kind.needs.includes('code') ? text('code', 'Error code', '30008', 110, true) : null}
        {kind.needs.includes('outcome') ? <Select label="Status" w={140} placeholder="undelivered" clearable data={['undelivered', 'failed']} value={draft.outcome || null} onChange={(value) => { setDraft({ ...draft, outcome: value ?? '' }); }} /> : null}
        {kind.needs.includes('by') ? text('by', 'How long', '30s', 90) : null}
        {kind.needs.includes('status') ? text('status', 'HTTP status', '503', 110, true) : null}
        {kind.of === 'webhook' ? text('url', 'Only this host or URL', 'All', 210) : text('to', 'Only to', 'All, or +1415*', 150)}
        {kind.of === 'message' && more ? text('from', 'Only from', 'All', 150) : null}
        {text('times', 'How often', 'Always', 90, true)}
        {more ? <>{text('skip', 'Let go first', '0', 100, true)}{text('probability', 'Probability', '1', 100)}{text('seed', 'Seed', '0', 90, true)}</> : null}
        <Button type="submit" loading={make.isPending}>Set the fault</Button>
        <Anchor component="button" type="button" size="sm" py={7} aria-expanded={more} onClick={() => { setMore(!more); }}>{more ? 'Less' : 'More'}</Anchor>
      </Group>
      {make.error ? <div style={{ marginTop: 12 }}><Failure error={make.error} /></div> : null}
    </form>
  );
}
