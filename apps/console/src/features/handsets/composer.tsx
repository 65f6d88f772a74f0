import { ActionIcon, Box, Group, Popover, Textarea, TextInput, Tooltip, Button } from '@mantine/core';
import { IconPhoto, IconSend2, IconX } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { control, type HandsetMessage } from '../../shared/control';
import { Failure } from '../../shared/ui';
import classes from './handsets.module.css';

export function Composer({ from, to, onSent }: { from: string; to: string; onSent: (peer: string) => void }) {
  const client = useQueryClient();
  const [text, setText] = useState('');
  const [picture, setPicture] = useState('');
  const [asking, setAsking] = useState(false);
  const send = useMutation({
    mutationFn: () => control<HandsetMessage>('POST', `/handsets/${encodeURIComponent(from)}/messages`, { to, body: text, ...(picture ? { media_urls: [picture] } : {}) }),
    onSuccess: async (message) => {
      setText('');
      setPicture('');
      await client.invalidateQueries({ queryKey: ['conversation', from] });
      onSent(message.to);
    },
  });
  const ready = to !== '' && (text.trim() !== '' || picture !== '') && !send.isPending;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready) send.mutate();
  };
  return (
    <Box component="form" onSubmit={submit} className={classes['composer']}>
      {send.error ? <Box mb={8}><Failure error={send.error} /></Box> : null}
      {picture ? <Group gap={6} mb={6} wrap="nowrap"><IconPhoto size={15} /><span className="cut mono">{picture}</span><ActionIcon size="xs" variant="subtle" color="gray" aria-label="Without the picture" onClick={() => { setPicture(''); }}><IconX size={13} /></ActionIcon></Group> : null}
      <Group gap={6} wrap="nowrap" align="flex-end">
        <Popover opened={asking} onChange={setAsking} withArrow trapFocus position="top-start">
          <Popover.Target>
            <Tooltip label="Attach a picture" withArrow><ActionIcon variant="subtle" color="gray" size={34} aria-label="Attach a picture" onClick={() => { setAsking(!asking); }}><IconPhoto size={18} /></ActionIcon></Tooltip>
          </Popover.Target>
          <Popover.Dropdown>
            <PictureForm onChoose={(url) => { setPicture(url); setAsking(false); }} />
          </Popover.Dropdown>
        </Popover>
        <Textarea flex={1} aria-label="Message" placeholder="Message" autosize minRows={1} maxRows={5} value={text} radius="lg"
          onChange={(event) => { setText(event.currentTarget.value); }}
          onKeyDown={(event) => { if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) submit(event); }} />
        <ActionIcon type="submit" size={34} radius="xl" aria-label="Send" disabled={!ready} loading={send.isPending}><IconSend2 size={17} /></ActionIcon>
      </Group>
    </Box>
  );
}

function PictureForm({ onChoose }: { onChoose: (url: string) => void }) {
  const [url, setUrl] = useState('');
  const usable = /^https?:\/\/./.test(url);
  const choose = () => { if (usable) onChoose(url); };
  return (
    <Group gap={6} align="flex-end">
      <TextInput label="Address of the picture" placeholder="https://…/cat.png" w={230} value={url} onChange={(event) => { setUrl(event.currentTarget.value); }} onKeyDown={(event) => { if (event.key === 'Enter') { event.preventDefault(); choose(); } }} />
      <Button disabled={!usable} onClick={choose}>Attach</Button>
    </Group>
  );
}
