import { Button, Checkbox, Group, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { prettyBody } from '../../shared/format';
import { ApiError, currentSession } from '../../shared/http';
import { sign } from '../../shared/signature';
import { call } from '../../shared/twilio';
import { Code, Failure } from '../../shared/ui';
import type { Visibility } from './service_api';

interface Asked { domain: string; method: string; path: string; params: URLSearchParams; signed: boolean }
interface Shown { status: number; type: string; took: number; body: string }

async function signatureOf({ domain, method, params }: Asked, target: string): Promise<string> {
  const account = await call('api_v2010.FetchAccount', { Sid: currentSession().account_sid });
  return await sign(account.auth_token ?? '', `https://${domain}${target}`, method === 'GET' ? [] : [...params]);
}

/** Calls a function as an application of its own would, or Twilio, and shows what it says. */
async function ask(asked: Asked): Promise<Shown> {
  const { domain, method, path, params } = asked;
  const slashed = path.startsWith('/') ? path : `/${path}`;
  const query = method === 'GET' && params.size > 0 ? `${slashed.includes('?') ? '&' : '?'}${params.toString()}` : '';
  const { pathname, search } = new URL(`https://${domain}${slashed}${query}`);  // as the browser will write it
  const target = pathname + search;
  const headers: Record<string, string> = { 'X-Dialtone-Token': currentSession().token };
  if (method !== 'GET') headers['Content-Type'] = 'application/x-www-form-urlencoded';
  if (asked.signed) headers['X-Twilio-Signature'] = await signatureOf(asked, target);
  const began = performance.now();
  let response: Response;
  try {
    response = await fetch(`/_console/function/${domain.replace(/\.twil\.io$/, '')}${target}`, { method, redirect: 'manual', headers, body: method === 'GET' ? null : params.toString() });
  } catch {
    throw new ApiError(0, 0, 'Dialtone does not answer. Is the program still running?');
  }
  return { status: response.status, type: response.headers.get('Content-Type') ?? '', body: await response.text(), took: performance.now() - began };
}

/** Lines `Name=value` as a form. */
export function formOf(lines: string): URLSearchParams {
  const form = new URLSearchParams();
  for (const line of lines.split('\n')) {
    const equals = line.indexOf('=');
    if (equals > 0) form.append(line.slice(0, equals).trim(), line.slice(equals + 1));
  }
  return form;
}

export function RequestPanel({ domain, path, visibility }: { domain: string; path: string; visibility: Visibility }) {
  const [method, setMethod] = useState('POST');
  const [given, setGiven] = useState<string | null>(null);
  const [lines, setLines] = useState('Body=Hello\nFrom=+15558675310');
  const [wanted, setWanted] = useState<boolean | null>(null);
  const signed = wanted ?? visibility === 'protected';
  const request = useMutation({ mutationFn: () => ask({ domain, method, path: given ?? path, params: formOf(lines), signed }) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    request.mutate();
  };
  const answer = request.data;
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Group gap={6} wrap="nowrap" align="flex-end">
          <Select aria-label="Method" w={86} size="xs" data={['POST', 'GET']} value={method} allowDeselect={false} onChange={(value) => { setMethod(value ?? 'POST'); }} />
          <TextInput aria-label="Path" size="xs" flex={1} value={given ?? path} onChange={(event) => { setGiven(event.currentTarget.value); }} />
          <Button type="submit" size="xs" loading={request.isPending}>Call</Button>
        </Group>
        <Textarea label="Parameters, one a line" size="xs" autosize minRows={2} maxRows={6} value={lines} onChange={(event) => { setLines(event.currentTarget.value); }} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }} />
        <Checkbox size="xs" label="Sign it as Twilio does" description={visibility === 'protected' ? 'This path is protected: without a signature it answers 403.' : undefined} checked={signed} onChange={(event) => { setWanted(event.currentTarget.checked); }} />
        {visibility === 'private' ? <Text size="xs" className="quiet">This path is private: only other functions reach it.</Text> : null}
        <Failure error={request.error} />
        {answer ? (
          <div role="status" aria-label="Answer">
            <Text size="xs" mb={6}><b className={answer.status >= 400 ? 'bad' : ''}>{answer.status || 'redirect'}</b> <span className="quiet">{answer.type} · {answer.took.toFixed(0)} ms</span></Text>
            <Code text={prettyBody(answer.body) || '(empty)'} label="answer" />
          </div>
        ) : null}
      </Stack>
    </form>
  );
}
