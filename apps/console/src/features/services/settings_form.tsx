// What a service does with messages that come in, and how it sends.

import { Button, Group, NumberInput, Radio, Select, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { call } from '../../shared/twilio';
import { Failure, Panel, tellDone } from '../../shared/ui';
import { handlerOf, requireWhole, storedOf } from '../numbers/handler';
import { HandlerEditor } from '../numbers/handler_editor';
import type { MessagingService } from './services';

type Inbound = 'number' | 'service' | 'drop';

/** As long as a message can wait at all. */
const validityMax = 36_000;

export function inboundOf(service: MessagingService): Inbound {
  if (service.use_inbound_webhook_on_number) return 'number';
  return service.inbound_request_url ? 'service' : 'drop';
}

const scans = [
  { value: 'inherit', label: 'As the account does' }, { value: 'enable', label: 'Scan' }, { value: 'disable', label: 'Do not scan' },
];
const usecases = ['undeclared', 'notifications', 'marketing', 'verification', 'discussion', 'poll'];

/** What is asked for all senders; a service that asked nothing so far begins with a webhook. */
function handlerOfService(service: MessagingService) {
  const handler = handlerOf({ url: service.inbound_request_url, method: service.inbound_method, fallbackUrl: service.fallback_url, fallbackMethod: service.fallback_method, applicationSid: null });
  return handler.kind === 'none' ? { ...handler, kind: 'webhook' as const } : handler;
}

const choices: { value: Inbound; label: string; description: string }[] = [
  { value: 'number', label: 'The number decides', description: 'Each number asks what is set on its own page.' },
  { value: 'service', label: 'The same for all', description: 'All senders ask one place; what is set on the pages of their numbers does not count.' },
  { value: 'drop', label: 'Only log it', description: 'It is kept in the log, and nobody is asked.' },
];

export function SettingsForm({ service }: { service: MessagingService }) {
  const client = useQueryClient();
  const sid = service.sid ?? '';
  const [draft, setDraft] = useState({
    name: service.friendly_name ?? '', inbound: inboundOf(service), handler: handlerOfService(service), status: service.status_callback ?? '', validity: service.validity_period as number | string,
    sticky: service.sticky_sender ?? true, smart: service.smart_encoding ?? true, area: service.area_code_geomatch ?? true, converter: service.mms_converter ?? true,
    scan: service.scan_message_content ?? 'inherit', usecase: service.usecase ?? 'undeclared',
    longCode: service.fallback_to_long_code ?? true,
  });
  const set = (change: Partial<typeof draft>) => { setDraft((before) => ({ ...before, ...change })); };
  const save = useMutation({
    mutationFn: async () => {
      const asked = draft.inbound === 'service';
      if (asked) requireWhole([draft.handler, 'a message']);
      const { url, method, fallbackUrl, fallbackMethod } = storedOf(draft.handler);
      return await call('messaging_v1.UpdateService', {
        Sid: sid, FriendlyName: draft.name, UseInboundWebhookOnNumber: draft.inbound === 'number', InboundRequestUrl: asked ? url : '', InboundMethod: method as 'POST',
        FallbackUrl: asked ? fallbackUrl : '', FallbackMethod: fallbackMethod as 'POST', StatusCallback: draft.status.trim(), ValidityPeriod: Number(draft.validity),
        StickySender: draft.sticky, SmartEncoding: draft.smart, AreaCodeGeomatch: draft.area, MmsConverter: draft.converter, FallbackToLongCode: draft.longCode,
        ScanMessageContent: draft.scan as 'inherit', Usecase: draft.usecase,
      });
    },
    onSuccess: (saved) => {
      client.setQueryData(['messaging-service', sid], saved);
      for (const key of ['messaging-services', 'membership']) void client.invalidateQueries({ queryKey: [key] });
      tellDone('The service is saved');
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="lg">
        <Panel title="When a message comes in to one of its senders">
          <Stack gap="sm">
            <Radio.Group aria-label="Incoming messages" value={draft.inbound} onChange={(value) => { set({ inbound: value as Inbound }); }}>
              <Stack gap="xs">{choices.map(({ value, label, description }) => <Radio key={value} value={value} label={label} description={description} />)}</Stack>
            </Radio.Group>
            {draft.inbound === 'service' ? <HandlerEditor what="a message" value={draft.handler} onChange={(handler) => { set({ handler }); }} without={['none', 'application']} /> : null}
          </Stack>
        </Panel>
        <Panel title="Sending">
          <Stack gap="sm">
            <TextInput label="Name" maw={420} value={draft.name} maxLength={64} onChange={(event) => { set({ name: event.currentTarget.value }); }} />
            <TextInput label="Tell how messages go (status callback)" type="url" placeholder="Nobody" value={draft.status} onChange={(event) => { set({ status: event.currentTarget.value }); }} />
            <NumberInput label="Validity period" description="Seconds that a message may wait to be sent; then it fails with 30036." maw={320} min={1} max={validityMax} allowDecimal={false} clampBehavior="none" value={draft.validity} onChange={(validity) => { set({ validity }); }} />
            <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm" maw={660}>
              <Select label="Use case" description="Kept; it changes nothing here." data={usecases} value={draft.usecase} allowDeselect={false} onChange={(usecase) => { set({ usecase: usecase ?? 'undeclared' }); }} />
              <Select label="Scan message content" description="Kept; no text is scanned here." data={scans} value={draft.scan} allowDeselect={false} onChange={(scan) => { set({ scan: (scan ?? 'inherit') as typeof draft.scan }); }} />
            </SimpleGrid>
            <Switch label="Sticky sender" description="The same sender for the same receiver" checked={draft.sticky} onChange={(event) => { set({ sticky: event.currentTarget.checked }); }} />
            <Switch label="Area code geomatch" description="Prefers a sender of the receiver's area code" checked={draft.area} onChange={(event) => { set({ area: event.currentTarget.checked }); }} />
            <Switch label="Smart encoding" description="Puts GSM-7 characters in place of look-alikes, so that a message needs fewer segments" checked={draft.smart} onChange={(event) => { set({ smart: event.currentTarget.checked }); }} />
            <Switch label="MMS converter" description="Pictures may go through numbers that send text only" checked={draft.converter} onChange={(event) => { set({ converter: event.currentTarget.checked }); }} />
            <Switch label="Fallback to long code" description="A number of the pool writes where a network takes nothing from a short code (30003, 30006)" checked={draft.longCode} onChange={(event) => { set({ longCode: event.currentTarget.checked }); }} />
          </Stack>
        </Panel>
        <Failure error={save.error} />
        <Group><Button type="submit" loading={save.isPending}>Save</Button></Group>
      </Stack>
    </form>
  );
}
