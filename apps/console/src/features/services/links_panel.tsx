// The domain on which a service's long links become short ones.

import { Button, Code, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { control } from '../../shared/control';
import { ApiError } from '../../shared/http';
import { call } from '../../shared/twilio';
import { Failure, Panel, tellDone, Waiting } from '../../shared/ui';

/** The SID of the service's domain; a service without one is 404 to the API. */
async function domainOf(service: string, signal: AbortSignal): Promise<string | null> {
  try {
    return (await call('messaging_v1.FetchLinkshorteningMessagingServiceDomainAssociation', { MessagingServiceSid: service }, signal)).domain_sid;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

async function moveService(service: string, from: string | null, to: string | null): Promise<void> {
  if (from) await call('messaging_v1.DeleteLinkshorteningMessagingService', { DomainSid: from, MessagingServiceSid: service });
  if (to) await call('messaging_v1.CreateLinkshorteningMessagingService', { DomainSid: to, MessagingServiceSid: service });
}

export function LinksPanel({ sid }: { sid: string }) {
  const client = useQueryClient();
  const domains = useQuery({ queryKey: ['link-domains'], queryFn: async ({ signal }) => (await control('GET /link-domains', { signal })).domains });
  const current = useQuery({ queryKey: ['link-domain-of', sid], queryFn: ({ signal }) => domainOf(sid, signal) });
  const move = useMutation({
    mutationFn: (to: string | null) => moveService(sid, current.data ?? null, to),
    onSuccess: (_, to) => { tellDone(to ? 'Its links become short ones on that domain' : 'It shortens no links now'); },
    onSettled: () => client.invalidateQueries({ queryKey: ['link-domain-of', sid] }),
  });
  const ready = domains.data !== undefined && current.data !== undefined;
  return (
    <Panel title="Short links">
      <Stack gap="md">
        <Text size="sm" className="quiet">A message sent with <Code>ShortenUrls=true</Code> has short links on this domain in place of long ones, and your app is told of clicks.</Text>
        <Failure error={domains.error ?? current.error} onRetry={() => { void domains.refetch(); void current.refetch(); }} />
        {!ready && !domains.error && !current.error ? <Waiting /> : null}
        {ready && domains.data.length > 0 ? (
          <Select label="Domain" placeholder="None" maw={420} clearable disabled={move.isPending} data={domains.data.map((each) => ({ value: each.sid, label: each.domain_name.replace('https://', '') }))} value={current.data} onChange={(to) => { move.mutate(to); }} />
        ) : null}
        <Failure error={move.error} />
        {ready ? <NewDomain first={domains.data.length === 0} onMade={(made) => { void client.invalidateQueries({ queryKey: ['link-domains'] }); if (!current.data) move.mutate(made); }} /> : null}
      </Stack>
    </Panel>
  );
}

function NewDomain({ first, onMade }: { first: boolean; onMade: (sid: string) => void }) {
  const [name, setName] = useState('');
  const make = useMutation({
    mutationFn: () => control('POST /link-domains', { body: { name: name.trim() } }),
    onSuccess: (made) => {
      setName('');
      onMade(made.sid);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) make.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Group gap="sm" align="flex-end">
          <TextInput label={first ? 'The first domain' : 'Another domain'} placeholder="links.example.com" w={300} value={name} onChange={(event) => { setName(event.currentTarget.value); }} spellCheck={false} />
          <Button type="submit" variant="default" disabled={!name.trim()} loading={make.isPending}>Add it</Button>
        </Group>
        <Failure error={make.error} />
      </Stack>
    </form>
  );
}
