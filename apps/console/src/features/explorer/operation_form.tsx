import { Button, Group, NumberInput, Select, SimpleGrid, Stack, Switch, Tabs, Text, Textarea, TextInput } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useSession } from '../../app/session';
import { prettyBody } from '../../shared/format';
import { currentSession } from '../../shared/http';
import { Code, Failure, Panel } from '../../shared/ui';
import { requestOf } from '../../shared/twilio';
import type { Operation, Parameter } from '../../api/control';
import { useHandsets } from '../handsets/list_handsets';
import { useNumbers } from '../numbers/list_numbers';
import { rowsOf, titleOf } from './catalogue';
import { cppOf, curlOf, type ExplorerRequest, nodeOf, pythonOf } from './code';
import { Method } from './explorer_page';

interface Shown { status: number; generic: boolean; took: number; body: string }
type Values = Record<string, string>;

/** What is sent, and the same at Twilio's address. */
export function buildRequest(operation: Operation, values: Values, json: string, accountSid: string): ExplorerRequest & { here: string } {
  const filled: Record<string, string | string[]> = {};
  for (const parameter of operation.parameters) {
    const text = values[parameter.name] ?? '';
    if (text === '' || parameter.in === 'header') continue;
    filled[parameter.name] = parameter.type === 'array' ? rowsOf(text) : text;
  }
  const { url, form } = requestOf(operation.method, operation.product, operation.path, filled, accountSid);
  const headers = operation.parameters.flatMap(({ name, in: place }): [string, string][] => (place === 'header' && values[name] ? [[name, values[name]]] : []));
  if (operation.body === 'json') headers.push(['Content-Type', 'application/json']);
  return { method: operation.method, headers, here: url, url: `https://${operation.product}.twilio.com${url.slice(`/_console/api/${operation.product}`.length)}`, form: form ? [...form] : [], json: operation.body === 'json' ? json : null };
}

async function ask(request: ExplorerRequest & { here: string }): Promise<Shown> {
  const began = performance.now();
  const form: Record<string, string> = request.json === null && request.method === 'POST' ? { 'Content-Type': 'application/x-www-form-urlencoded' } : {};
  const response = await fetch(request.here, {
    method: request.method, headers: { 'X-Dialtone-Token': currentSession().token, ...form, ...Object.fromEntries(request.headers) },
    body: request.json ?? (request.method === 'POST' ? new URLSearchParams(request.form).toString() : null),
  });
  return { status: response.status, generic: response.headers.get('Dialtone-Behaviour') === 'generic', body: await response.text(), took: performance.now() - began };
}

export function OperationForm({ operation }: { operation: Operation }) {
  const { session } = useSession();
  const first: Values = Object.fromEntries(operation.parameters.filter((each) => each.name === 'AccountSid' || (each.in === 'path' && each.name === 'Sid' && operation.path.startsWith('/2010-04-01/Accounts/{Sid}'))).map((each) => [each.name, session.account_sid]));
  const [values, setValues] = useState(first);
  const [json, setJson] = useState('{}');
  const [all, setAll] = useState(false);
  const request = buildRequest(operation, values, json, session.account_sid);
  const send = useMutation({ mutationFn: () => ask(request) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  const required = operation.parameters.filter((each) => each.required);
  const common = new Set(['To', 'From', 'Body', 'PageSize', 'FriendlyName']);
  const optional = operation.parameters.filter((each) => !each.required);
  const shown = all ? optional : optional.filter((each) => common.has(each.name) || values[each.name]);
  const set = (name: string, value: string) => { setValues((before) => ({ ...before, [name]: value })); };
  return (
    <Stack gap="lg">
      <Panel title={titleOf(operation.operation)} actions={<Group gap={8}>{operation.behaviour === 'generic' ? <Text size="xs" className="quiet">generic behaviour</Text> : null}<Method name={operation.method} /></Group>}>
        <form onSubmit={submit}>
          {operation.parameters.some(isNumber) ? <Numbers /> : null}
          <Stack gap="md">
            <Text size="xs" className="mono wrap quiet">https://{operation.product}.twilio.com{operation.path}</Text>
            {operation.summary ? <Text size="sm">{operation.summary}</Text> : null}
            <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
              {[...required, ...shown].map((each) => <Input key={each.name} parameter={each} value={values[each.name] ?? ''} onChange={(value) => { set(each.name, value); }} />)}
            </SimpleGrid>
            {operation.body === 'json' ? <Textarea label="Body (JSON)" autosize minRows={4} maxRows={16} value={json} onChange={(event) => { setJson(event.currentTarget.value); }} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }} /> : null}
            <Group justify="space-between">
              <Button type="submit" leftSection={<IconSend size={16} />} loading={send.isPending} color={operation.method === 'DELETE' ? 'red' : undefined}>Send</Button>
              {optional.length > shown.length || all ? <Switch label={`All ${optional.length} optional parameters`} checked={all} onChange={(event) => { setAll(event.currentTarget.checked); }} /> : null}
            </Group>
          </Stack>
        </form>
      </Panel>
      <Failure error={send.error} />
      {send.data ? (
        <Panel title="Answer" actions={<Text size="sm" role="status"><b className={send.data.status >= 400 ? 'bad' : ''}>{send.data.status}</b> <span className="quiet">{send.data.took.toFixed(0)} ms</span></Text>}>
          <Code text={send.data.body ? prettyBody(send.data.body) : '(no body)'} label="answer" />
        </Panel>
      ) : null}
      <Panel title="As code">
        <Tabs defaultValue="curl" keepMounted={false}>
          <Tabs.List mb="md"><Tabs.Tab value="curl">curl</Tabs.Tab><Tabs.Tab value="node">Node</Tabs.Tab><Tabs.Tab value="python">Python</Tabs.Tab><Tabs.Tab value="cpp">C++</Tabs.Tab></Tabs.List>
          {([['curl', curlOf], ['node', nodeOf], ['python', pythonOf], ['cpp', cppOf]] as const).map(([name, make]) => <Tabs.Panel key={name} value={name}><Code text={make(request)} label={`${name} code`} /></Tabs.Panel>)}
        </Tabs>
        <Text size="xs" className="quiet" mt={8}>Run it with <span className="mono">dialtone run -- …</span>, and it reaches this program.</Text>
      </Panel>
    </Stack>
  );
}

const numbersList = 'explorer-numbers';

function isNumber({ name, format }: Parameter): boolean {
  return format === 'phone-number' || format === 'endpoint' || name === 'PhoneNumber';
}

/** What is offered where a number is to be typed: the phones and the numbers that there are. */
function Numbers() {
  const numbers = useNumbers();
  const handsets = useHandsets();
  return (
    <datalist id={numbersList}>
      {(handsets.data ?? []).map((each) => <option key={each.number} value={each.number}>{each.name}</option>)}
      {(numbers.data ?? []).map((each) => <option key={each.sid} value={each.phone_number ?? ''}>Twilio number</option>)}
    </datalist>
  );
}

function Input({ parameter, value, onChange }: { parameter: Parameter; value: string; onChange: (value: string) => void }) {
  const hint = parameter.sid ? `${parameter.sid}…` : parameter.format ?? (parameter.default === undefined ? parameter.type : `default ${String(parameter.default)}`);
  const label = <>{parameter.name}{parameter.in === 'path' || parameter.in === 'header' ? <span className="quiet">{parameter.in === 'path' ? ' in the path' : ' as a header'}</span> : null}</>;
  const shared = { label, required: parameter.required, size: 'sm' } as const;
  if (parameter.values) return <Select {...shared} data={[...new Set(parameter.values)]} value={value || null} clearable onChange={(chosen) => { onChange(chosen ?? ''); }} placeholder="Choose" />;
  if (parameter.type === 'boolean') return <Select {...shared} data={['true', 'false']} value={value || null} clearable onChange={(chosen) => { onChange(chosen ?? ''); }} placeholder="Choose" />;
  if (parameter.type === 'integer') return <NumberInput {...shared} value={value} onChange={(next) => { onChange(String(next)); }} placeholder={hint} hideControls />;
  if (parameter.type === 'array') return <Textarea {...shared} autosize minRows={1} value={value} onChange={(event) => { onChange(event.currentTarget.value); }} placeholder="one a line" />;
  return <TextInput {...shared} list={isNumber(parameter) ? numbersList : undefined} value={value} onChange={(event) => { onChange(event.currentTarget.value); }} placeholder={isNumber(parameter) ? '+1…' : hint} />;
}
