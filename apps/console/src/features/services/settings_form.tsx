// What a service does with messages that come in, and how it sends.

import { Button, Group, NumberInput, Radio, Select, Stack, Switch, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { call } from '../../shared/twilio';
import { Failure, Panel, tellDone } from '../../shared/ui';
import type { MessagingService } from './services';

type Inbound = 'number' | 'service' | 'drop';
type Method = 'GET' | 'POST';

/** As long as a message can wait at all. */
const validityMax = 36_000;

export function inboundOf(service: MessagingService): Inbound {
  if (service.use_inbound_webhook_on_number) return 'number';
  return service.inbound_request_url ? 'service' : 'drop';
}

const choices: { value: Inbound; label: string; description: string }[] = [
  { value: 'number', label: 'The number decides', description: 'Each number asks what is set on its own page.' },
  { value: 'service', label: 'Ask one webhook', description: 'All senders ask it; what is set on the pages of their numbers does not count.' },
  { value: 'drop', label: 'Only log it', description: 'It is kept in the log, and nobody is asked.' },
];

export function SettingsForm({ service }: { service: MessagingService }) {
  const client = useQueryClient();
  const sid = service.sid ?? '';
  const [draft, setDraft] = useState({
    name: service.friendly_name ?? '', inbound: inboundOf(service), url: service.inbound_request_url ?? '', method: (service.inbound_method ?? 'POST') as Method,
    fallback: service.fallback_url ?? '', fallbackMethod: (service.fallback_method ?? 'POST') as Method, status: service.status_callback ?? '', validity: service.validity_period as number | string,
    sticky: service.sticky_sender ?? true, smart: service.smart_encoding ?? true, area: service.area_code_geomatch ?? true, converter: service.mms_converter ?? true,
    longCode: service.fallback_to_long_code ?? true,
  });
  const set = (change: Partial<typeof draft>) => { setDraft((before) => ({ ...before, ...change })); };
  const save = useMutation({
    mutationFn: () => {
      const asked = draft.inbound === 'service';
      return call('messaging_v1.UpdateService', {
        Sid: sid, FriendlyName: draft.name, UseInboundWebhookOnNumber: draft.inbound === 'number', InboundRequestUrl: asked ? draft.url.trim() : '', InboundMethod: draft.method,
        FallbackUrl: asked ? draft.fallback.trim() : '', FallbackMethod: draft.fallbackMethod, StatusCallback: draft.status.trim(), ValidityPeriod: Number(draft.validity),
        StickySender: draft.sticky, SmartEncoding: draft.smart, AreaCodeGeomatch: draft.area, MmsConverter: draft.converter, FallbackToLongCode: draft.longCode,
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
            {draft.inbound === 'service' ? (
              <>
                <Address label="URL" placeholder="http://127.0.0.1:3000/sms" methodLabel="Method" url={draft.url} method={draft.method} onUrl={(url) => { set({ url }); }} onMethod={(method) => { set({ method }); }} />
                <Address label="When that fails" placeholder="Nothing" methodLabel="Fallback method" url={draft.fallback} method={draft.fallbackMethod} onUrl={(fallback) => { set({ fallback }); }} onMethod={(fallbackMethod) => { set({ fallbackMethod }); }} />
              </>
            ) : null}
          </Stack>
        </Panel>
        <Panel title="Sending">
          <Stack gap="sm">
            <TextInput label="Name" maw={420} value={draft.name} maxLength={64} onChange={(event) => { set({ name: event.currentTarget.value }); }} />
            <TextInput label="Tell how messages go (status callback)" type="url" placeholder="Nobody" value={draft.status} onChange={(event) => { set({ status: event.currentTarget.value }); }} />
            <NumberInput label="Validity period" description="Seconds that a message may wait to be sent; then it fails with 30036." maw={320} min={1} max={validityMax} allowDecimal={false} clampBehavior="none" value={draft.validity} onChange={(validity) => { set({ validity }); }} />
            <Switch label="Sticky sender" description="The same sender for the same receiver" checked={draft.sticky} onChange={(event) => { set({ sticky: event.currentTarget.checked }); }} />
            <Switch label="Area code geomatch" description="Prefers a sender of the receiver's area code" checked={draft.area} onChange={(event) => { set({ area: event.currentTarget.checked }); }} />
            <Switch label="Smart encoding" description="Puts GSM-7 characters in place of look-alikes, so that a message needs fewer segments" checked={draft.smart} onChange={(event) => { set({ smart: event.currentTarget.checked }); }} />
            <Switch label="MMS converter" description="Pictures may go through numbers that send text only" checked={draft.converter} onChange={(event) => { set({ converter: event.currentTarget.checked }); }} />
            <Switch label="Fallback to long code" description="A number of the pool writes where a network takes nothing from a short code (30004, 30006)" checked={draft.longCode} onChange={(event) => { set({ longCode: event.currentTarget.checked }); }} />
          </Stack>
        </Panel>
        <Failure error={save.error} />
        <Group><Button type="submit" loading={save.isPending}>Save</Button></Group>
      </Stack>
    </form>
  );
}

function Address({ label, placeholder, methodLabel, url, method, onUrl, onMethod }: { label: string; placeholder: string; methodLabel: string; url: string; method: Method; onUrl: (url: string) => void; onMethod: (method: Method) => void }) {
  return (
    <Group gap="sm" align="flex-end" wrap="nowrap">
      <TextInput label={label} type="url" placeholder={placeholder} flex={1} miw={0} value={url} onChange={(event) => { onUrl(event.currentTarget.value); }} />
      <Select label={methodLabel} w={124} data={['POST', 'GET']} value={method} allowDeselect={false} onChange={(value) => { onMethod((value ?? 'POST') as Method); }} />
    </Group>
  );
}
