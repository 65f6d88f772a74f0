import { Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { type Handler, type HandlerKind, kindNames, kinds } from './handler';
import { ApplicationChoice, BinChoice, FlowChoice, FunctionChoice } from './handler_choices';

/** `what`: "a message" or "a call"; it tells fields of two of these apart. */
export function HandlerEditor({ what, value, onChange, without = [] }: { what: string; value: Handler; onChange: (value: Handler) => void; without?: HandlerKind[] }) {
  const set = (change: Partial<Handler>) => { onChange({ ...value, ...change }); };
  return (
    <Stack gap="sm" role="group" aria-label={`What happens when ${what} comes in`}>
      <Select label={`When ${what} comes in`} data={kinds.filter((kind) => !without.includes(kind)).map((kind) => ({ value: kind, label: kindNames[kind] }))} value={value.kind} allowDeselect={false} maw={320}
        onChange={(kind) => { set({ kind: kind as HandlerKind, ...(kind === value.kind ? {} : { url: '' }) }); }} />
      {value.kind === 'none' ? <Text size="sm" className="quiet">{what === 'a message' ? 'It is kept in the log, and nobody is asked.' : 'Nobody is asked.'}</Text> : null}
      {value.kind === 'webhook' ? <AddressFields label="URL" methodLabel="Method" placeholder={what === 'a call' ? 'http://127.0.0.1:3000/voice' : 'http://127.0.0.1:3000/sms'} url={value.url} method={value.method} onUrl={(url) => { set({ url }); }} onMethod={(method) => { set({ method }); }} /> : null}
      {value.kind === 'function' ? <FunctionChoice url={value.url} onChange={(url) => { set({ url }); }} /> : null}
      {value.kind === 'bin' ? <BinChoice url={value.url} onChange={(url) => { set({ url }); }} /> : null}
      {value.kind === 'application' ? <ApplicationChoice sid={value.applicationSid} onChange={(applicationSid) => { set({ applicationSid }); }} /> : null}
      {value.kind === 'flow' ? <FlowChoice what={what} url={value.url} onChange={(url) => { set({ url }); }} /> : null}
      {value.kind !== 'none' && value.kind !== 'application' ? (
        <AddressFields label="When that fails" methodLabel="Fallback method" placeholder="Nothing" url={value.fallbackUrl} method={value.fallbackMethod} onUrl={(fallbackUrl) => { set({ fallbackUrl }); }} onMethod={(fallbackMethod) => { set({ fallbackMethod }); }} />
      ) : null}
    </Stack>
  );
}

/** An address and how it is asked. */
export function AddressFields({ label, placeholder, methodLabel, url, method, onUrl, onMethod }: { label: string; placeholder: string; methodLabel: string; url: string; method: string; onUrl: (url: string) => void; onMethod: (method: string) => void }) {
  return (
    <Group gap="sm" align="flex-end" wrap="nowrap">
      <TextInput label={label} type="url" placeholder={placeholder} flex={1} miw={0} value={url} onChange={(event) => { onUrl(event.currentTarget.value); }} />
      <Select label={methodLabel} w={methodLabel === 'Method' ? 96 : 132} data={['POST', 'GET']} value={method} allowDeselect={false} onChange={(value) => { onMethod(value ?? 'POST'); }} />
    </Group>
  );
}
