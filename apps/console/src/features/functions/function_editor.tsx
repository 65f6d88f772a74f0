import { Button, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { call } from '../../shared/twilio';
import { Failure, RemoveButton, tellDone, Waiting } from '../../shared/ui';
import { twilioCompletions } from './completions';
import { visibilities } from './file_tree';
import { type SourceFile, upload, useContent, type Visibility } from './service_api';

const CodeEditor = lazy(async () => ({ default: (await import('../../shared/code_editor')).CodeEditor }));

interface Props { serviceSid: string; file: SourceFile; draft: string | undefined; onDraft: (text: string | undefined) => void; onGone: () => void }

export function FunctionEditor({ serviceSid, file, draft, onDraft, onGone }: Props) {
  const content = useContent(serviceSid, file);
  if (content.error) return <Failure error={content.error} onRetry={() => { void content.refetch(); }} />;
  if (file.kind === 'asset') return <AssetEditor serviceSid={serviceSid} file={file} onGone={onGone} />;
  if (file.version !== null && content.data === undefined) return <Waiting />;
  return <Source key={file.sid} serviceSid={serviceSid} file={file} saved={content.data ?? ''} draft={draft} onDraft={onDraft} onGone={onGone} />;
}

function useSave(serviceSid: string, file: SourceFile, visibility: Visibility, done: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (content: Blob) => {
      const version = await upload(serviceSid, { ...file, visibility }, content);
      if (file.kind === 'function') client.setQueryData(['content', version], await content.text());
      await client.invalidateQueries({ queryKey: ['files', serviceSid] });
    },
    onSuccess: () => {
      tellDone(`${file.path} is saved. Deploy to make it live.`);
      done();
    },
  });
}

function Source({ serviceSid, file, saved, draft, onDraft, onGone }: Props & { saved: string }) {
  const [visibility, setVisibility] = useState(file.visibility);
  const save = useSave(serviceSid, file, visibility, () => { onDraft(undefined); });
  const dirty = (draft !== undefined && draft !== saved) || visibility !== file.visibility;
  const run = () => { if (dirty && !save.isPending) save.mutate(new Blob([draft ?? saved], { type: 'application/javascript' })); };
  return (
    <Stack gap="sm">
      <Bar file={file} visibility={visibility} onVisibility={setVisibility}>
        <Button size="xs" disabled={!dirty} loading={save.isPending} onClick={run}>Save</Button>
        <RemoveFile serviceSid={serviceSid} file={file} onGone={onGone} />
      </Bar>
      <Failure error={save.error} />
      <Suspense fallback={<Waiting />}>
        <CodeEditor initial={draft ?? saved} language="javascript" label={`Code of ${file.path}`} completions={twilioCompletions} height="max(360px, calc(100vh - 330px))" onChange={(text) => { onDraft(text === saved ? undefined : text); }} onSave={run} />
      </Suspense>
    </Stack>
  );
}

function AssetEditor({ serviceSid, file, onGone }: { serviceSid: string; file: SourceFile; onGone: () => void }) {
  const [visibility, setVisibility] = useState(file.visibility);
  const save = useSave(serviceSid, file, visibility, () => undefined);
  const [chosen, setChosen] = useState<File | null>(null);
  return (
    <Stack gap="sm">
      <Bar file={file} visibility={visibility} onVisibility={setVisibility}>
        <Button size="xs" disabled={!chosen} loading={save.isPending} onClick={() => { if (chosen) save.mutate(chosen); }}>Save</Button>
        <RemoveFile serviceSid={serviceSid} file={file} onGone={onGone} />
      </Bar>
      <Failure error={save.error} />
      <Text size="sm" component="label" htmlFor="asset-content">A new version of this file</Text>
      {visibility !== file.visibility && !chosen ? <Text size="xs" className="quiet" role="status">Who may read it belongs to a version: choose the file again, and save.</Text> : null}
      <input id="asset-content" type="file" onChange={(event) => { setChosen(event.currentTarget.files?.[0] ?? null); }} />
    </Stack>
  );
}

function Bar({ file, visibility, onVisibility, children }: { file: SourceFile; visibility: Visibility; onVisibility: (value: Visibility) => void; children: React.ReactNode }) {
  return (
    <Group justify="space-between" gap="xs">
      <Text fw={600} size="sm" className="mono">{file.path}</Text>
      <Group gap="xs"><SegmentedControl size="xs" value={visibility} onChange={(value) => { onVisibility(value as Visibility); }} data={visibilities.map(({ value, label }) => ({ value, label }))} aria-label="Visibility" />{children}</Group>
    </Group>
  );
}

function RemoveFile({ serviceSid, file, onGone }: { serviceSid: string; file: SourceFile; onGone: () => void }) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => (file.kind === 'function' ? call('serverless_v1.DeleteFunction', { ServiceSid: serviceSid, Sid: file.sid }) : call('serverless_v1.DeleteAsset', { ServiceSid: serviceSid, Sid: file.sid })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['files', serviceSid] });
      onGone();
    },
  });
  return <><RemoveButton size="xs" loading={remove.isPending} onRemove={() => { remove.mutate(); }} /><Failure error={remove.error} /></>;
}
