import { ActionIcon, Box, Button, Divider, Group, Popover, Stack, Text, Textarea, TextInput, Tooltip } from '@mantine/core';
import { IconPhoto, IconPhotoPlus, IconSend2, IconX } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { control } from '../../shared/control';
import { Failure } from '../../shared/ui';
import { type Attachment, bodyOf, filesOf, withFiles } from './attachments';
import classes from './handsets.module.css';

export function Composer({ from, to, onSent }: { from: string; to: string; onSent: (peer: string) => void }) {
  const client = useQueryClient();
  const [text, setText] = useState('');
  const [attachments, setAttachments] = useState<Attachment[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const [dropping, setDropping] = useState(false);
  const send = useMutation({
    mutationFn: () => control('POST /handsets/{number}/messages', { path: { number: from }, body: bodyOf(to, text, attachments) }),
    onSuccess: async (message) => {
      setText('');
      setAttachments([]);
      await client.invalidateQueries({ queryKey: ['conversation', from] });
      onSent(message.to);
    },
  });
  const change = (next: { attachments: Attachment[]; problem: string | null }) => {
    setAttachments(next.attachments);
    setProblem(next.problem);
    send.reset();
  };
  const add = (files: File[]) => { change(withFiles(attachments, files)); };
  const ready = to !== '' && (text.trim() !== '' || attachments.length > 0) && !send.isPending;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready) send.mutate();
  };
  return (
    <Box component="form" onSubmit={submit} className={classes['composer']} data-dropping={dropping || undefined}
      onDragOver={(event) => { if (event.dataTransfer.types.includes('Files')) { event.preventDefault(); setDropping(true); } }}
      onDragLeave={(event) => { if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setDropping(false); }}
      onDrop={(event) => { event.preventDefault(); setDropping(false); add(filesOf(event.dataTransfer)); }}>
      {send.error ? <Box mb={8}><Failure error={send.error} /></Box> : null}
      {problem ? <Text size="xs" className="bad" role="alert" mb={6}>{problem}</Text> : null}
      {attachments.length > 0 ? (
        <Group gap={8} mb={8} role="list" aria-label="Attached">
          {attachments.map((each, index) => <Thumb key={`${index} ${nameOf(each)}`} attachment={each} onRemove={() => { change({ attachments: attachments.filter((_, at) => at !== index), problem: null }); }} />)}
        </Group>
      ) : null}
      <Group gap={6} wrap="nowrap" align="flex-end">
        <AttachButton onFiles={add} onAddress={(url) => { change({ attachments: [...attachments, { kind: 'address', url }], problem: null }); }} />
        <Textarea flex={1} aria-label="Message" placeholder={dropping ? 'Drop the picture here' : 'Message'} autosize minRows={1} maxRows={5} value={text} radius="lg"
          onChange={(event) => { setText(event.currentTarget.value); }}
          onPaste={(event) => {
            const files = filesOf(event.clipboardData);
            if (files.length === 0) return;
            event.preventDefault();
            add(files);
          }}
          onKeyDown={(event) => { if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) submit(event); }} />
        <ActionIcon type="submit" size={34} radius="xl" aria-label="Send" disabled={!ready} loading={send.isPending}><IconSend2 size={17} /></ActionIcon>
      </Group>
    </Box>
  );
}

function nameOf(attachment: Attachment): string {
  return attachment.kind === 'file' ? attachment.file.name || 'picture' : attachment.url;
}

function Thumb({ attachment, onRemove }: { attachment: Attachment; onRemove: () => void }) {
  const [source, setSource] = useState<string | null>(null);
  const file = attachment.kind === 'file' && attachment.file.type.startsWith('image/') ? attachment.file : null;
  useEffect(() => {
    if (!file) return undefined;
    const url = URL.createObjectURL(file);
    setSource(url);
    return () => { URL.revokeObjectURL(url); };
  }, [file]);
  const name = nameOf(attachment);
  return (
    <div role="listitem" className={classes['thumb']} title={name}>
      {source ? <img src={source} alt={name} /> : <span className={classes['name']}><IconPhoto size={15} /><span className="cut">{name}</span></span>}
      <ActionIcon size={18} radius="xl" variant="filled" color="dark" className={classes['out']} aria-label={`Without ${name}`} onClick={onRemove}><IconX size={12} /></ActionIcon>
    </div>
  );
}

function AttachButton({ onFiles, onAddress }: { onFiles: (files: File[]) => void; onAddress: (url: string) => void }) {
  const [asking, setAsking] = useState(false);
  const [url, setUrl] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const usable = /^https?:\/\/./.test(url);
  const choose = () => {
    if (!usable) return;
    onAddress(url);
    setUrl('');
    setAsking(false);
  };
  return (
    <>
      <input ref={input} type="file" multiple hidden aria-label="Picture files" accept="image/*,audio/*,video/*,application/pdf,text/vcard,text/csv,text/calendar"
        onChange={(event) => {
          onFiles([...event.currentTarget.files ?? []]);
          event.currentTarget.value = '';
          setAsking(false);
        }} />
      <Popover opened={asking} onChange={setAsking} withArrow trapFocus position="top-start">
        <Popover.Target>
          <Tooltip label="Attach pictures" withArrow disabled={asking}><ActionIcon variant="subtle" color="gray" size={34} aria-label="Attach pictures" onClick={() => { setAsking(!asking); }}><IconPhoto size={18} /></ActionIcon></Tooltip>
        </Popover.Target>
        <Popover.Dropdown>
          <Stack gap="sm">
            <Button variant="light" leftSection={<IconPhotoPlus size={16} />} onClick={() => { input.current?.click(); }}>Choose files</Button>
            <Text size="xs" className="quiet">Or drop or paste them where you write.</Text>
            <Divider />
            <Group gap={6} align="flex-end" wrap="nowrap">
              <TextInput label="Address of a picture" placeholder="https://…/cat.png" w={220} value={url} onChange={(event) => { setUrl(event.currentTarget.value.trim()); }} onKeyDown={(event) => { if (event.key === 'Enter') { event.preventDefault(); choose(); } }} />
              <Button variant="default" disabled={!usable} onClick={choose}>Attach</Button>
            </Group>
          </Stack>
        </Popover.Dropdown>
      </Popover>
    </>
  );
}
