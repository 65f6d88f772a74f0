import { ActionIcon, Button, Group, Modal, SegmentedControl, Stack, Text, TextInput, Tooltip, UnstyledButton } from '@mantine/core';
import { IconFile, IconFunction, IconLock, IconPlus, IconShieldLock, IconWorld } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { call } from '../../shared/twilio';
import { Failure } from '../../shared/ui';
import classes from './functions.module.css';
import { type SourceFile, upload, type Visibility } from './service_api';

export const visibilities: { value: Visibility; label: string; meaning: string }[] = [
  { value: 'public', label: 'Public', meaning: 'anybody may ask' },
  { value: 'protected', label: 'Protected', meaning: 'only with a valid signature' },
  { value: 'private', label: 'Private', meaning: 'only other functions' },
];

const icons = { public: IconWorld, protected: IconShieldLock, private: IconLock };

export const firstFunction = `exports.handler = function (context, event, callback) {
  const twiml = new Twilio.twiml.MessagingResponse();
  twiml.message(\`You wrote: \${event.Body}\`);
  callback(null, twiml);
};
`;

export function FileTree({ serviceSid, files, current, dirty, onOpen }: { serviceSid: string; files: SourceFile[]; current: string | null; dirty: ReadonlySet<string>; onOpen: (sid: string) => void }) {
  const [adding, setAdding] = useState<SourceFile['kind'] | null>(null);
  return (
    <nav aria-label="Files of the service" className={classes['tree']}>
      {(['function', 'asset'] as const).map((kind) => (
        <div key={kind}>
          <Group justify="space-between" px={8} mb={2}>
            <Text size="xs" fw={600} className="quiet">{kind === 'function' ? 'Functions' : 'Assets'}</Text>
            <Tooltip label={`New ${kind}`} withArrow><ActionIcon size="sm" variant="subtle" color="gray" aria-label={`New ${kind}`} onClick={() => { setAdding(kind); }}><IconPlus size={15} /></ActionIcon></Tooltip>
          </Group>
          {files.filter((each) => each.kind === kind).map((file) => {
            const Icon = kind === 'function' ? IconFunction : IconFile;
            const Seen = icons[file.visibility];
            return (
              <UnstyledButton key={file.sid} className={classes['file']} data-current={file.sid === current || undefined} aria-current={file.sid === current ? 'true' : undefined} onClick={() => { onOpen(file.sid); }}>
                <Icon size={15} stroke={1.6} /><span className="cut">{file.path}{dirty.has(file.sid) ? ' •' : ''}</span><Seen size={13} stroke={1.6} className="quiet" /><span className="unseen">{file.visibility}{dirty.has(file.sid) ? ', not saved' : ''}</span>
              </UnstyledButton>
            );
          })}
          {files.every((each) => each.kind !== kind) ? <Text size="xs" className="quiet" px={8} py={4}>None yet</Text> : null}
        </div>
      ))}
      <Modal opened={adding !== null} onClose={() => { setAdding(null); }} title={`New ${adding ?? 'file'}`} closeButtonProps={{ 'aria-label': 'Close' }}>
        {adding ? <NewFile serviceSid={serviceSid} kind={adding} onMade={(sid) => { setAdding(null); onOpen(sid); }} /> : null}
      </Modal>
    </nav>
  );
}

function NewFile({ serviceSid, kind, onMade }: { serviceSid: string; kind: SourceFile['kind']; onMade: (sid: string) => void }) {
  const client = useQueryClient();
  const [path, setPath] = useState(kind === 'function' ? '/hello' : '/');
  const [visibility, setVisibility] = useState<Visibility>('public');
  const [chosen, setChosen] = useState<File | null>(null);
  const make = useMutation({
    mutationFn: async () => {
      const name = path.replace(/^\//, '');
      const made = kind === 'function'
        ? await call('serverless_v1.CreateFunction', { ServiceSid: serviceSid, FriendlyName: name })
        : await call('serverless_v1.CreateAsset', { ServiceSid: serviceSid, FriendlyName: name });
      const sid = made.sid ?? '';
      const content = kind === 'function' ? new Blob([firstFunction], { type: 'application/javascript' }) : chosen ?? new Blob([''], { type: 'text/plain' });
      await upload(serviceSid, { kind, sid, path: path.startsWith('/') ? path : `/${path}`, visibility }, content);
      await client.invalidateQueries({ queryKey: ['files', serviceSid] });
      return sid;
    },
    onSuccess: onMade,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {kind === 'asset' ? (
          <div>
            <Text size="sm" fw={500} mb={4} component="label" htmlFor="asset-file">File</Text>
            <input id="asset-file" type="file" onChange={(event) => {
              const file = event.currentTarget.files?.[0] ?? null;
              setChosen(file);
              if (file && path === '/') setPath(`/${file.name.replace(/\s+/g, '-')}`);
            }} />
          </div>
        ) : null}
        <TextInput label="Path" value={path} required data-autofocus={kind === 'function' || undefined} onChange={(event) => { setPath(event.currentTarget.value.trim()); }} />
        <div>
          <SegmentedControl value={visibility} onChange={(value) => { setVisibility(value as Visibility); }} data={visibilities.map(({ value, label }) => ({ value, label }))} aria-label="Visibility" />
          <Text size="xs" className="quiet" mt={4}>{visibilities.find((each) => each.value === visibility)?.meaning}</Text>
        </div>
        <Failure error={make.error} />
        <Group><Button type="submit" loading={make.isPending} disabled={path.length < 2 || (kind === 'asset' && !chosen)}>Make it</Button></Group>
      </Stack>
    </form>
  );
}
