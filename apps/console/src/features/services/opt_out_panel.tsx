// STOP, START and HELP: as everybody does it, or with words and answers of one's own (Advanced Opt-Out).

import { Button, Group, Stack, Switch, TagsInput, Text, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { KeywordGroup, OptOut } from '../../api/control';
import { control } from '../../shared/control';
import { Failure, Panel, tellDone, Waiting } from '../../shared/ui';

const groups = [
  { name: 'stop', title: 'To opt out', meaning: 'The service sends nothing more to who texts one of these; sending to them fails with 21610.' },
  { name: 'start', title: 'To opt in again', meaning: 'Lifts that.' },
  { name: 'help', title: 'To ask for help', meaning: 'Is answered, nothing more.' },
] as const;

export function OptOutPanel({ sid }: { sid: string }) {
  const client = useQueryClient();
  const path = { sid };
  const optOut = useQuery({ queryKey: ['opt-out', sid], refetchOnWindowFocus: false, queryFn: ({ signal }) => control('GET /messaging-services/{sid}/opt-out', { path, signal }) });
  const keep = (saved: OptOut) => { client.setQueryData(['opt-out', sid], saved); };
  const toggle = useMutation({
    mutationFn: (on: boolean) => (on ? control('PUT /messaging-services/{sid}/opt-out', { path, body: {} }) : control('DELETE /messaging-services/{sid}/opt-out', { path })),
    onSuccess: keep,
  });
  const data = optOut.data;
  return (
    <Panel title="Opting out">
      <Stack gap="md">
        {optOut.isPending ? <Waiting /> : null}
        <Failure error={optOut.error ?? toggle.error} />
        {data ? (
          <>
            <Switch label="Advanced Opt-Out" description="Words and answers of your own; webhooks are told of a word as OptOutType." checked={data.enabled} disabled={toggle.isPending} onChange={(event) => { toggle.mutate(event.currentTarget.checked); }} />
            {data.enabled ? <Editor key={sid} sid={sid} saved={data} onSaved={keep} /> : <Standard words={data} />}
          </>
        ) : null}
      </Stack>
    </Panel>
  );
}

function Standard({ words }: { words: OptOut }) {
  return (
    <Stack gap="md">
      {groups.map(({ name, title, meaning }) => (
        <div key={name}>
          <Text size="sm"><b>{title}</b> <span className="mono">{words[name].keywords.join(', ')}</span></Text>
          <Text size="sm" className="quiet">{meaning}</Text>
          <Text size="sm" className="quiet wrap">Answer: {words[name].answer}</Text>
        </div>
      ))}
      <Text size="xs" className="quiet">Toll-free numbers know STOP, START and UNSTOP, and answer with the texts of their network.</Text>
    </Stack>
  );
}

function Editor({ sid, saved, onSaved }: { sid: string; saved: OptOut; onSaved: (saved: OptOut) => void }) {
  const [draft, setDraft] = useState<Record<'stop' | 'start' | 'help', KeywordGroup>>({ stop: saved.stop, start: saved.start, help: saved.help });
  const save = useMutation({
    mutationFn: () => control('PUT /messaging-services/{sid}/opt-out', { path: { sid }, body: draft }),
    onSuccess: (made) => {
      onSaved(made);
      setDraft({ stop: made.stop, start: made.start, help: made.help });
      tellDone('Words and answers are saved');
    },
  });
  const set = (name: 'stop' | 'start' | 'help', change: Partial<KeywordGroup>) => { setDraft((before) => ({ ...before, [name]: { ...before[name], ...change } })); };
  return (
    <Stack gap="lg">
      {groups.map(({ name, title, meaning }) => (
        <Stack key={name} gap={6} role="group" aria-label={title}>
          <TagsInput label={title} description={meaning} placeholder="A word, then Enter" value={draft[name].keywords} onChange={(keywords) => { set(name, { keywords }); }} acceptValueOnBlur />
          <Textarea label={`Answer to ${name.toUpperCase()}`} autosize minRows={1} maxRows={4} value={draft[name].answer} placeholder="No answer" onChange={(event) => { set(name, { answer: event.currentTarget.value }); }} />
        </Stack>
      ))}
      <Failure error={save.error} />
      <Group><Button variant="default" loading={save.isPending} onClick={() => { save.mutate(); }}>Save the words</Button></Group>
    </Stack>
  );
}
