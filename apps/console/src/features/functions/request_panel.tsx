import { Button, Group, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { prettyBody } from '../../shared/format';
import { ApiError, currentSession } from '../../shared/http';
import { Code, Failure } from '../../shared/ui';

interface Shown { status: number; type: string; took: number; body: string }

/** Calls a function as an application of its own would, and shows what it says. */
async function ask(domain: string, method: string, path: string, params: string): Promise<Shown> {
  const query = method === 'GET' && params ? `?${params}` : '';
  const began = performance.now();
  let response: Response;
  try {
    response = await fetch(`/_console/function/${domain.replace(/\.twil\.io$/, '')}${path.startsWith('/') ? path : `/${path}`}${query}`, {
      method, redirect: 'manual', headers: { 'X-Dialtone-Token': currentSession().token, ...(method === 'GET' ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }) },
      body: method === 'GET' ? null : params,
    });
  } catch {
    throw new ApiError(0, 0, 'Dialtone does not answer. Is the program still running?');
  }
  return { status: response.status, type: response.headers.get('Content-Type') ?? '', body: await response.text(), took: performance.now() - began };
}

/** Lines `Name=value` as a form. */
export function formOf(lines: string): string {
  const form = new URLSearchParams();
  for (const line of lines.split('\n')) {
    const equals = line.indexOf('=');
    if (equals > 0) form.append(line.slice(0, equals).trim(), line.slice(equals + 1));
  }
  return form.toString();
}

export function RequestPanel({ domain, path }: { domain: string; path: string }) {
  const [method, setMethod] = useState('POST');
  const [given, setGiven] = useState<string | null>(null);
  const [lines, setLines] = useState('Body=Hello\nFrom=+15558675310');
  const request = useMutation({ mutationFn: () => ask(domain, method, given ?? path, formOf(lines)) });
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
