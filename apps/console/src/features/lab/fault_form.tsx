import { Button, Group, NumberInput, Select, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { control } from '../../shared/control';
import { Failure } from '../../shared/ui';

interface Kind { value: string; label: string; of: 'message' | 'webhook'; needs: ('code' | 'by' | 'status')[] }

const kinds: Kind[] = [
  { value: 'fail', label: 'fail', of: 'message', needs: ['code'] },
  { value: 'delay', label: 'arrive late', of: 'message', needs: ['by'] },
  { value: 'lose_receipt', label: 'arrive, but the receipt is lost', of: 'message', needs: [] },
  { value: 'lose_message', label: 'are lost', of: 'message', needs: [] },
  { value: 'twice', label: 'arrive twice', of: 'message', needs: [] },
  { value: 'down', label: 'meet a carrier that is down', of: 'message', needs: [] },
  { value: 'stall', label: 'get no answer', of: 'webhook', needs: [] },
  { value: 'slow', label: 'are slow', of: 'webhook', needs: ['by'] },
  { value: 'reset', label: 'lose the connection', of: 'webhook', needs: [] },
  { value: 'tls', label: 'fail in the TLS handshake', of: 'webhook', needs: [] },
  { value: 'dns', label: 'do not find the host', of: 'webhook', needs: [] },
  { value: 'status', label: 'are answered with a status', of: 'webhook', needs: ['status'] },
];

export function FaultForm({ onMade }: { onMade: () => void }) {
  const [key, setKey] = useState('message fail');
  const [target, setTarget] = useState('');
  const [detail, setDetail] = useState('');
  const [times, setTimes] = useState<number | string>(1);
  const kind = kinds.find((each) => `${each.of} ${each.value}` === key) ?? kinds[0];
  const need = kind?.needs[0];
  const make = useMutation({
    mutationFn: () => control<unknown>('POST', '/faults', {
      do: kind?.value, ...(target ? { [kind?.of === 'webhook' ? 'url' : 'to']: target } : {}),
      ...(need && detail ? { [need]: need === 'by' ? detail : Number(detail) } : {}), ...(typeof times === 'number' ? { times } : {}),
    }),
    onSuccess: () => {
      setTarget('');
      onMade();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Group gap="sm" align="flex-end">
        <Select label="What goes wrong" w={270} allowDeselect={false} value={key} onChange={(value) => { setKey(value ?? 'message fail'); setDetail(''); }}
          data={(['message', 'webhook'] as const).map((of) => ({ group: of === 'message' ? 'Messages' : 'Webhooks', items: kinds.filter((each) => each.of === of).map((each) => ({ value: `${of} ${each.value}`, label: `${of === 'message' ? 'Messages' : 'Webhooks'} ${each.label}` })) }))} />
        {need ? <TextInput label={{ code: 'Error code', by: 'How long', status: 'HTTP status' }[need]} w={110} placeholder={{ code: '30008', by: '30s', status: '500' }[need]} value={detail} onChange={(event) => { setDetail(event.currentTarget.value.trim()); }} /> : null}
        <TextInput label={kind?.of === 'webhook' ? 'Only this host or URL' : 'Only to this number'} placeholder="All" w={200} value={target} onChange={(event) => { setTarget(event.currentTarget.value.trim()); }} />
        <NumberInput label="How often" placeholder="Always" w={100} min={1} value={times} onChange={setTimes} />
        <Button type="submit" loading={make.isPending}>Set the fault</Button>
      </Group>
      {make.error ? <div style={{ marginTop: 12 }}><Failure error={make.error} /></div> : null}
    </form>
  );
}
