// Mailboxes: Verify sends codes by mail into them, and nothing leaves the program.

import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { control } from '../../shared/control';
import { Failure, Panel, Time } from '../../shared/ui';

export function MailsPanel() {
  const [draft, setDraft] = useState('');
  const [address, setAddress] = useState('');
  const mails = useQuery({
    queryKey: ['mails', address], enabled: address !== '',
    queryFn: async ({ signal }) => (await control('GET /mailboxes/{address}', { path: { address }, signal })).mails,
  });
  const open = (event: FormEvent) => {
    event.preventDefault();
    setAddress(draft.trim());
  };
  return (
    <Panel title="Mailboxes">
      <Stack gap="md">
        <Text size="sm" className="quiet">Codes that Verify sends by mail, whatever the address. A Verify service needs a mailer for that, which the control API sets.</Text>
        <form onSubmit={open}>
          <Group gap="sm" align="flex-end">
            <TextInput label="Mail address" placeholder="ada@example.com" value={draft} onChange={(event) => { setDraft(event.currentTarget.value); }} />
            <Button type="submit" variant="default" disabled={!draft.trim()} loading={mails.isFetching && !mails.data}>Open</Button>
          </Group>
        </form>
        <Failure error={mails.error} />
        {mails.data?.length === 0 ? <Text size="sm" className="quiet">Nothing came to {address} yet. What comes shows here by itself.</Text> : null}
        {(mails.data ?? []).map((mail) => (
          <div key={mail.sid}>
            <Group justify="space-between" wrap="nowrap">
              <Text size="sm" fw={550}>{mail.subject}</Text>
              <Text size="xs" className="quiet"><Time value={mail.date} /></Text>
            </Group>
            <Text size="xs" className="quiet">From {mail.from_name ? `${mail.from_name}, ` : ''}{mail.from}</Text>
            <Text size="sm" className="wrap">{mail.body}</Text>
          </div>
        ))}
      </Stack>
    </Panel>
  );
}
