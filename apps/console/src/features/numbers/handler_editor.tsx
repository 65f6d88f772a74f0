import { Anchor, Box, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useSession } from '../../app/session';
import { call } from '../../shared/twilio';
import { Failure } from '../../shared/ui';
import { BinEditor } from '../bins/bin_editor';
import { useBins } from '../bins/bins';
import { useDeployedFunctions } from '../functions/list_deployed';
import { flowUrl, type Handler, type HandlerKind, kindNames, kinds } from './handler';

const methods = ['POST', 'GET'];

/** `what`: "a message" or "a call"; it tells fields of two of these apart. */
export function HandlerEditor({ what, value, onChange, without = [] }: { what: string; value: Handler; onChange: (value: Handler) => void; without?: HandlerKind[] }) {
  const set = (change: Partial<Handler>) => { onChange({ ...value, ...change }); };
  return (
    <Stack gap="sm">
      <Select label={`When ${what} comes in`} data={kinds.filter((kind) => !without.includes(kind)).map((kind) => ({ value: kind, label: kindNames[kind] }))} value={value.kind} allowDeselect={false} maw={320}
        onChange={(kind) => { set({ kind: kind as HandlerKind, ...(kind === value.kind ? {} : { url: '' }) }); }} />
      {value.kind === 'none' ? <Text size="sm" className="quiet">{what === 'a message' ? 'It is kept in the log, and nobody is asked.' : 'Nobody is asked.'}</Text> : null}
      {value.kind === 'webhook' ? (
        <Group gap="sm" align="flex-end" wrap="nowrap">
          <TextInput label="URL" placeholder="http://127.0.0.1:3000/sms" flex={1} value={value.url} type="url" onChange={(event) => { set({ url: event.currentTarget.value }); }} />
          <Select label="Method" w={96} data={methods} value={value.method} allowDeselect={false} onChange={(method) => { set({ method: method ?? 'POST' }); }} />
        </Group>
      ) : null}
      {value.kind === 'function' ? <FunctionChoice url={value.url} onChange={(url) => { set({ url }); }} /> : null}
      {value.kind === 'bin' ? <BinChoice url={value.url} onChange={(url) => { set({ url }); }} /> : null}
      {value.kind === 'application' ? <ApplicationChoice sid={value.applicationSid} onChange={(applicationSid) => { set({ applicationSid }); }} /> : null}
      {value.kind === 'flow' ? <FlowChoice url={value.url} onChange={(url) => { set({ url }); }} /> : null}
      {value.kind === 'webhook' || value.kind === 'function' || value.kind === 'bin' ? (
        <Group gap="sm" align="flex-end" wrap="nowrap">
          <TextInput label="When that fails" placeholder="Nothing" flex={1} value={value.fallbackUrl} type="url" onChange={(event) => { set({ fallbackUrl: event.currentTarget.value }); }} />
          <Select label="Fallback method" w={124} data={methods} value={value.fallbackMethod} allowDeselect={false} onChange={(fallbackMethod) => { set({ fallbackMethod: fallbackMethod ?? 'POST' }); }} />
        </Group>
      ) : null}
    </Stack>
  );
}

function FunctionChoice({ url, onChange }: { url: string; onChange: (url: string) => void }) {
  const deployed = useDeployedFunctions();
  const services = [...new Set((deployed.data ?? []).map((each) => each.service))];
  const current = deployed.data?.find((each) => each.url === url);
  if (deployed.data?.length === 0) return <Text size="sm" className="quiet">Nothing is deployed yet. <Anchor component={Link} to="/functions">Write a function</Anchor> first.</Text>;
  return (
    <>
      <Failure error={deployed.error} />
      <Select label="Function" placeholder={deployed.isPending ? 'Looking…' : 'Service, environment, path'} searchable value={current?.url ?? (url || null)}
        data={[
          ...services.map((service) => ({ group: service, items: (deployed.data ?? []).filter((each) => each.service === service).map((each) => ({ value: each.url, label: `${each.environment}  ${each.path}` })) })),
          ...(url && !current ? [{ group: 'Now', items: [{ value: url, label: url }] }] : []),
        ]}
        onChange={(chosen) => { onChange(chosen ?? ''); }} />
    </>
  );
}

function BinChoice({ url, onChange }: { url: string; onChange: (url: string) => void }) {
  const bins = useBins();
  const current = bins.data?.find((each) => each.url === url) ?? null;
  const fresh = 'new';
  return (
    <>
      <Failure error={bins.error} />
      <Select label="TwiML Bin" value={current?.url ?? fresh} allowDeselect={false} onChange={(chosen) => { onChange(chosen === fresh ? '' : chosen ?? ''); }}
        data={[...(bins.data ?? []).map((each) => ({ value: each.url, label: each.friendly_name })), { value: fresh, label: 'A new one, written here' }]} />
      {bins.data ? <Box pl="md" style={{ borderLeft: '2px solid var(--line)' }}><BinEditor key={current?.sid ?? fresh} bin={current} height="210px" onSaved={(bin) => { onChange(bin.url); }} /></Box> : null}
    </>
  );
}

function ApplicationChoice({ sid, onChange }: { sid: string; onChange: (sid: string) => void }) {
  const applications = useQuery({ queryKey: ['applications'], queryFn: async ({ signal }) => (await call('api_v2010.ListApplication', { PageSize: 200 }, signal)).applications ?? [] });
  if (applications.data?.length === 0) return <Text size="sm" className="quiet">There is none yet. <Anchor component={Link} to="/numbers/applications">Make a TwiML application</Anchor> first.</Text>;
  return (
    <>
      <Failure error={applications.error} />
      <Select label="TwiML application" placeholder="Choose" value={sid || null} data={(applications.data ?? []).map((each) => ({ value: each.sid ?? '', label: each.friendly_name ?? each.sid ?? '' }))} onChange={(chosen) => { onChange(chosen ?? ''); }} />
    </>
  );
}

function FlowChoice({ url, onChange }: { url: string; onChange: (url: string) => void }) {
  const { session } = useSession();
  const flows = useQuery({ queryKey: ['flows'], queryFn: async ({ signal }) => (await call('studio_v2.ListFlow', { PageSize: 200 }, signal)).flows ?? [] });
  if (flows.data?.length === 0) return <Text size="sm" className="quiet">There is no Studio flow yet.</Text>;
  return (
    <>
      <Failure error={flows.error} />
      <Select label="Studio flow" placeholder="Choose" value={url || null} data={(flows.data ?? []).map((each) => ({ value: flowUrl(session.account_sid, each.sid ?? ''), label: each.friendly_name ?? each.sid ?? '' }))} onChange={(chosen) => { onChange(chosen ?? ''); }} />
    </>
  );
}
