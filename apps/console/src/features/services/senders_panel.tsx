import { Anchor, Button, Group, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link } from 'react-router';
import { formatNumber } from '../../shared/format';
import { Failure, Panel, Waiting } from '../../shared/ui';
import { useNumbers } from '../numbers/list_numbers';
import { useShortCodes } from '../numbers/short_codes';
import { addSender, removeSender, type Sender, type SenderKind, senderKindNames, useSenders } from './senders';

export function SendersPanel({ sid }: { sid: string }) {
  const client = useQueryClient();
  const senders = useSenders(sid);
  const refresh = () => { for (const queryKey of [['senders', sid], ['membership']]) void client.invalidateQueries({ queryKey }); };
  const remove = useMutation({ mutationFn: (sender: Sender) => removeSender(sid, sender), onSuccess: refresh });
  const rows = senders.data ?? [];
  return (
    <Panel title="Senders">
      <Stack gap="md">
        {senders.isPending ? <Waiting /> : null}
        {senders.data && rows.length === 0 ? <Text size="sm" className="quiet">No sender yet: a message sent with this service has nobody to come from.</Text> : null}
        {rows.length > 0 ? (
          <table className="rows" aria-label="Senders">
            <thead><tr><th>Sender</th><th>Kind</th><th>Can</th><th><span className="unseen">Take out</span></th></tr></thead>
            <tbody>
              {rows.map((each) => (
                <tr key={each.sid}>
                  <td><Text size="sm" fw={600} className="number">{each.kind === 'number' ? formatNumber(each.address) : each.address}</Text></td>
                  <td>{senderKindNames[each.kind]}{each.country ? <span className="quiet"> {each.country}</span> : null}</td>
                  <td className="quiet">{each.capabilities.join(' · ')}</td>
                  <td style={{ textAlign: 'right' }}><Button size="compact-sm" variant="subtle" color="red" aria-label={`Take out ${each.address}`} loading={remove.isPending && remove.variables.sid === each.sid} onClick={() => { remove.mutate(each); }}>Take out</Button></td>
                </tr>
              ))}
            </tbody>
          </table>
        ) : null}
        <Failure error={senders.error ?? remove.error} />
        {senders.data ? <AddSender sid={sid} senders={rows} onAdded={refresh} /> : null}
      </Stack>
    </Panel>
  );
}

function AddSender({ sid, senders, onAdded }: { sid: string; senders: Sender[]; onAdded: () => void }) {
  const numbers = useNumbers();
  const codes = useShortCodes();
  const [kind, setKind] = useState<SenderKind>('number');
  const [value, setValue] = useState('');
  const add = useMutation({
    mutationFn: () => addSender(sid, kind, value),
    onSuccess: () => {
      setValue('');
      onAdded();
    },
  });
  const taken = new Set(senders.map((each) => each.sid));
  const choices = kind === 'number'
    ? (numbers.data ?? []).map((each) => ({ value: each.sid ?? '', label: formatNumber(each.phone_number ?? '') }))
    : (codes.data ?? []).map((each) => ({ value: each.sid ?? '', label: each.short_code ?? '' }));
  const free = choices.filter((each) => !taken.has(each.value));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (value) add.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Group gap="sm" align="flex-end">
          <SegmentedControl aria-label="Kind of sender" value={kind} onChange={(next) => { setKind(next as SenderKind); setValue(''); add.reset(); }} data={[{ value: 'number', label: 'Number' }, { value: 'short_code', label: 'Short code' }, { value: 'alpha', label: 'Name' }]} />
          {kind === 'alpha' ? <TextInput label="Alphanumeric sender" placeholder="MY SHOP" maxLength={11} w={200} value={value} onChange={(event) => { setValue(event.currentTarget.value); }} />
            : <Select label={kind === 'number' ? 'Add a number' : 'Add a short code'} placeholder={free.length > 0 ? 'Choose' : choices.length > 0 ? 'All are in it' : 'None is there'} w={240} searchable data={free} value={value || null} onChange={(next) => { setValue(next ?? ''); }} />}
          <Button type="submit" variant="default" disabled={!value.trim()} loading={add.isPending}>Add</Button>
        </Group>
        {kind === 'short_code' && codes.data?.length === 0 ? <Text size="xs" className="quiet">The account has no short code yet: <Anchor component={Link} to="/numbers/short-codes" size="xs">get one</Anchor>.</Text> : null}
        {kind === 'alpha' ? <Text size="xs" className="quiet">Up to 11 letters, digits and blanks. It reaches countries that allow names as senders, which the US and Canada do not, and nobody can answer it.</Text> : null}
        <Failure error={add.error ?? numbers.error ?? codes.error} />
      </Stack>
    </form>
  );
}
