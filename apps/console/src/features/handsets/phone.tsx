// One handset, as a person knows it: conversations, bubbles, a line to write in.

import { ActionIcon, Alert, Autocomplete, Badge, Box, Button, Group, Menu, Text, Tooltip, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconArrowLeft, IconDots, IconEdit, IconMessage, IconTrash, IconX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { Handset } from '../../api/control';
import { formatClock, formatNumber } from '../../shared/format';
import { Copy, Empty, Failure, Waiting } from '../../shared/ui';
import { useNumbers } from '../numbers/list_numbers';
import { Composer } from './composer';
import { conversationsOf, useConversation } from './conversations';
import classes from './handsets.module.css';
import { useHandsets } from './list_handsets';
import { useReadMarks } from './read_marks';
import { Thread } from './thread';

type View = { show: 'list' } | { show: 'thread'; peer: string } | { show: 'new' };

export function Phone({ handset, onClose, onRemove }: { handset: Handset; onClose: () => void; onRemove: () => void }) {
  const messages = useConversation(handset.number);
  const [read, mark] = useReadMarks(handset.number);
  const conversations = conversationsOf(messages.data ?? [], read);
  const [view, setView] = useState<View | null>(null);
  const [leaving, setLeaving] = useState(false);
  const first = conversations[0];
  // A phone opens on its newest conversation; one that has none, ready to write.
  const shown: View = view ?? (first ? { show: 'thread', peer: first.peer } : { show: 'new' });
  // What is shown stays, also when another conversation becomes the newest.
  const firstPeer = first?.peer;
  useEffect(() => {
    if (firstPeer !== undefined) setView((before) => before ?? { show: 'thread', peer: firstPeer });
  }, [firstPeer]);
  const current = shown.show === 'thread' ? conversations.find((each) => each.peer === shown.peer) : undefined;
  useEffect(() => {
    if (current && current.unread > 0 && document.hasFocus()) mark(current.peer, current.last.sid);
  }, [current, mark]);
  return (
    <section className={classes['phone']} aria-label={`${handset.name} ${handset.number}`}>
      <Group className={classes['top']} justify="space-between" wrap="nowrap" gap={6}>
        <Box miw={0}>
          <Text fw={650} size="sm" className="cut">{handset.name}</Text>
          <Group gap={2} wrap="nowrap"><Text size="xs" className="quiet number">{formatNumber(handset.number)}</Text><Copy value={handset.number} label="Copy the number" /></Group>
        </Box>
        <Group gap={2} wrap="nowrap">
          <Tooltip label="New message" withArrow><ActionIcon variant="subtle" color="gray" aria-label="New message" onClick={() => { setView({ show: 'new' }); }}><IconEdit size={17} /></ActionIcon></Tooltip>
          <Menu position="bottom-end" withArrow>
            <Menu.Target><ActionIcon variant="subtle" color="gray" aria-label="More"><IconDots size={17} /></ActionIcon></Menu.Target>
            <Menu.Dropdown>
              <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => { setLeaving(true); }}>Remove this handset…</Menu.Item>
            </Menu.Dropdown>
          </Menu>
          <Tooltip label="Put it away" withArrow><ActionIcon variant="subtle" color="gray" aria-label="Put it away" onClick={onClose}><IconX size={17} /></ActionIcon></Tooltip>
        </Group>
      </Group>
      {leaving ? <Leaving name={handset.name} onRemove={onRemove} onKeep={() => { setLeaving(false); }} /> : null}
      {messages.error ? <Box p="md"><Failure error={messages.error} /></Box> : null}
      {messages.isPending ? <Waiting /> : null}
      {messages.data && shown.show === 'list' ? <List conversations={conversations} onOpen={(peer) => { setView({ show: 'thread', peer }); }} /> : null}
      {messages.data && shown.show === 'thread' ? (
        <>
          <PeerBar peer={shown.peer} others={conversations.reduce((sum, each) => sum + (each.peer === shown.peer ? 0 : each.unread), 0)} onBack={() => { setView({ show: 'list' }); }} />
          <Thread messages={current?.messages ?? []} />
          <Composer from={handset.number} to={shown.peer} onSent={() => undefined} />
        </>
      ) : null}
      {messages.data && shown.show === 'new' ? <NewMessage handset={handset} onBack={first ? () => { setView({ show: 'list' }); } : null} onSent={(peer) => { setView({ show: 'thread', peer }); }} /> : null}
    </section>
  );
}

function Leaving({ name, onRemove, onKeep }: { name: string; onRemove: () => void; onKeep: () => void }) {
  return (
    <Alert color="red" variant="light" radius={0} icon={<IconAlertTriangle size={18} />} title={`Remove ${name}?`}>
      <Text size="sm">Its conversations and pictures go with it, and what comes to its number later is kept by nobody.</Text>
      <Group gap="xs" mt="sm"><Button size="xs" color="red" onClick={onRemove}>Remove it</Button><Button size="xs" variant="default" autoFocus onClick={onKeep}>Keep it</Button></Group>
    </Alert>
  );
}

function PeerBar({ peer, others, onBack }: { peer: string; others: number; onBack: () => void }) {
  const handsets = useHandsets();
  const name = handsets.data?.find((each) => each.number === peer)?.name;
  return (
    <Group className={classes['peer']} gap={6} wrap="nowrap">
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label={`All conversations${others ? `, ${others} unread` : ''}`} onClick={onBack}><IconArrowLeft size={16} /></ActionIcon>
      {others > 0 ? <Badge size="xs" circle>{others}</Badge> : null}
      <Text size="sm" fw={550} className="cut">{name ?? formatNumber(peer)}</Text>
    </Group>
  );
}

function List({ conversations, onOpen }: { conversations: ReturnType<typeof conversationsOf>; onOpen: (peer: string) => void }) {
  if (conversations.length === 0) return <Empty icon={<IconMessage size={34} stroke={1.4} />} title="No conversations">Write a message with the pencil above.</Empty>;
  return (
    <div className={classes['list']}>
      {conversations.map(({ peer, last, unread }) => (
        <UnstyledButton key={peer} className={classes['conversation']} onClick={() => { onOpen(peer); }}>
          <Group justify="space-between" wrap="nowrap" gap={6}>
            <Text size="sm" fw={unread ? 700 : 550} className="number cut">{formatNumber(peer)}</Text>
            <Text size="xs" className="quiet">{formatClock(last.date)}</Text>
          </Group>
          <Group justify="space-between" wrap="nowrap" gap={6}>
            <Text size="xs" className="quiet cut">{last.body || 'Picture'}</Text>
            {unread > 0 ? <Badge size="xs" circle>{unread}</Badge> : null}
          </Group>
        </UnstyledButton>
      ))}
    </div>
  );
}

function NewMessage({ handset, onBack, onSent }: { handset: Handset; onBack: (() => void) | null; onSent: (peer: string) => void }) {
  const numbers = useNumbers();
  const handsets = useHandsets();
  const own = (numbers.data ?? []).map((each) => each.phone_number ?? '').filter((each) => each !== '');
  const others = (handsets.data ?? []).map((each) => each.number).filter((each) => each !== handset.number);
  // Until somebody writes there, it is the newest number; what comes late does not get between the letters.
  const [to, setTo] = useState<string | null>(null);
  const value = to ?? own.at(-1) ?? '';
  return (
    <>
      <Box className={classes['peer']}>
        <Group gap={6} wrap="nowrap">
          {onBack ? <ActionIcon variant="subtle" color="gray" size="sm" aria-label="All conversations" onClick={onBack}><IconArrowLeft size={16} /></ActionIcon> : null}
          <Autocomplete aria-label="To" placeholder="To: +1…" size="xs" flex={1} value={value} onChange={setTo} onFocus={() => { setTo(value); }} type="tel"
            data={[{ group: 'Twilio numbers', items: own }, { group: 'Handsets', items: others }].filter((group) => group.items.length > 0)} />
        </Group>
      </Box>
      <Box flex={1} p="md"><Empty icon={<IconMessage size={34} stroke={1.4} />} title="A new conversation">Write to a Twilio number, and its webhook is asked for an answer.</Empty></Box>
      <Composer from={handset.number} to={value.replace(/[ ()-]/g, '')} onSent={(peer) => { onSent(peer); }} />
    </>
  );
}
