// A bin's name and text, validated as it is typed.

import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useState } from 'react';
import type { Bin } from '../../api/control';
import { Failure, tellDone, Waiting } from '../../shared/ui';
import { examine, firstTwiml, saveBin } from './bins';

const CodeEditor = lazy(async () => ({ default: (await import('../../shared/code_editor')).CodeEditor }));

export function BinEditor({ bin, onSaved, height }: { bin: Bin | null; onSaved: (bin: Bin) => void; height?: string }) {
  const client = useQueryClient();
  const [name, setName] = useState(bin?.friendly_name ?? '');
  const [twiml, setTwiml] = useState(bin?.twiml ?? firstTwiml);
  const [findings, setFindings] = useState<Awaited<ReturnType<typeof examine>>>([]);
  const save = useMutation({
    mutationFn: () => saveBin(bin?.sid ?? null, name.trim(), twiml),
    onSuccess: (saved) => {
      void client.invalidateQueries({ queryKey: ['bins'] });
      tellDone('The bin is saved');
      onSaved(saved);
    },
  });
  const lint = useCallback(async (text: string) => {
    const found = await examine(text);
    setFindings(found);
    return found;
  }, []);
  const dirty = bin === null || name !== bin.friendly_name || twiml !== bin.twiml;
  const broken = findings.some((each) => each.error);
  const run = () => { if (name.trim() && dirty && !broken) save.mutate(); };
  return (
    <Stack gap="sm">
      <TextInput label="Name" placeholder="Greeting" value={name} onChange={(event) => { setName(event.currentTarget.value); }} maxLength={255} />
      <Suspense fallback={<Waiting />}>
        <CodeEditor initial={twiml} language="xml" label="TwiML" onChange={setTwiml} onSave={run} lint={lint} height={height} />
      </Suspense>
      {findings.map((each) => <Text key={each.text} size="sm" role="status" className={each.error ? 'bad' : 'quiet'}>{each.line ? `Line ${each.line}: ` : ''}{each.text}</Text>)}
      <Failure error={save.error} />
      <Group gap="sm">
        <Button onClick={run} loading={save.isPending} disabled={!name.trim() || !dirty || broken}>{bin ? 'Save the bin' : 'Make the bin'}</Button>
        <Text size="xs" className="quiet">{'{{From}}'}, {'{{Body}}'} and other parameters of the request are put in.</Text>
      </Group>
    </Stack>
  );
}
