// The few pieces that every page is made of.

import { ActionIcon, Alert, Anchor, Box, Button, Center, CopyButton, Group, Loader, Stack, Text, Title, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconCopy, IconTrash } from '@tabler/icons-react';
import { notifications } from '@mantine/notifications';
import { type ReactNode, useEffect, useState } from 'react';
import { Link } from 'react-router';
import { formatTime } from './format';
import { ApiError } from './http';

export function Page({ title, note, actions, children, wide }: { title: string; note?: ReactNode; actions?: ReactNode; children: ReactNode; wide?: boolean }) {
  useEffect(() => { document.title = `${title} · Dialtone`; }, [title]);
  return (
    <Stack gap="lg" maw={wide ? undefined : 1160} mx="auto" w="100%" px={{ base: 'md', sm: 'xl' }} py={{ base: 'md', sm: 'lg' }}>
      <Group justify="space-between" align="flex-end" gap="sm">
        <div style={{ flex: '1 1 300px', minWidth: 0, maxWidth: '100%' }}>
          <Title order={1} className="wrap">{title}</Title>
          {note ? <Text size="sm" className="quiet" mt={2} component="div">{note}</Text> : null}
        </div>
        {actions ? <Group gap="xs">{actions}</Group> : null}
      </Group>
      {children}
    </Stack>
  );
}

export function Panel({ title, actions, children, padded = true }: { title?: ReactNode; actions?: ReactNode; children: ReactNode; padded?: boolean }) {
  return (
    <Box component="section" className="panel" aria-label={typeof title === 'string' ? title : undefined}>
      {title || actions ? (
        <Group justify="space-between" px="lg" pt="md" pb={padded ? 0 : 'sm'} gap="xs">
          <Title order={2}>{title}</Title>
          {actions}
        </Group>
      ) : null}
      <Box p={padded ? 'lg' : 0} pt={padded && title ? 'sm' : undefined}>{children}</Box>
    </Box>
  );
}

/** What went wrong, where it went wrong. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  if (!error) return null;
  const { message, code, status, moreInfo } = describeError(error);
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} role="alert" title={code ? `Error ${code}` : 'Something failed'}>
      <Text size="sm" className="wrap">{message}</Text>
      <Group gap="md" mt={4}>
        {status ? <Text size="xs" className="quiet">HTTP {status}</Text> : null}
        {moreInfo?.startsWith('/') ? <Anchor component={Link} to={moreInfo} size="xs" c="inherit" underline="always">See it in the debugger</Anchor> : moreInfo ? <Anchor size="xs" c="inherit" underline="always" href={moreInfo} target="_blank" rel="noreferrer">What this code means</Anchor> : null}
        {onRetry ? <Button size="compact-xs" variant="light" color="red" onClick={onRetry}>Try again</Button> : null}
      </Group>
    </Alert>
  );
}

export function describeError(error: unknown): { message: string; code: number; status: number; moreInfo: string | null } {
  if (error instanceof ApiError) return error;
  return { message: error instanceof Error ? error.message : String(error), code: 0, status: 0, moreInfo: null };
}

/** For what is done by a button that has no place of its own for an error. */
export function tellFailure(error: unknown): void {
  const { message, code } = describeError(error);
  notifications.show({ color: 'red', title: code ? `Error ${code}` : 'Something failed', message, autoClose: 9000, closeButtonProps: { 'aria-label': 'Close' } });
}
export function tellDone(message: string): void {
  notifications.show({ message, color: 'dial', icon: <IconCheck size={16} />, autoClose: 2500, closeButtonProps: { 'aria-label': 'Close' } });
}

/** Takes away what cannot be brought back: the first click only asks. */
export function RemoveButton({ loading, onRemove, size = 'sm' }: { loading: boolean; onRemove: () => void; size?: 'xs' | 'sm' }) {
  const [sure, setSure] = useState(false);
  return <Button size={size} variant={sure ? 'light' : 'subtle'} color="red" leftSection={<IconTrash size={16} />} loading={loading} onBlur={() => { setSure(false); }} onClick={() => { if (sure) onRemove(); else setSure(true); }}>{sure ? 'Really remove' : 'Remove'}</Button>;
}

export function Waiting() {
  return <Center py="xl" role="status" aria-label="Loading"><Loader size="sm" type="dots" /></Center>;
}

/** An empty page says what to do first. */
export function Empty({ icon, title, children, action }: { icon?: ReactNode; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <Stack align="center" gap={6} py={44} px="lg" ta="center">
      {icon ? <Box c="dial" mb={4} style={{ opacity: 0.85 }}>{icon}</Box> : null}
      <Text fw={600}>{title}</Text>
      {children ? <Text size="sm" className="quiet" maw={460} component="div">{children}</Text> : null}
      {action ? <Box mt="sm">{action}</Box> : null}
    </Stack>
  );
}

export function Copy({ value, label }: { value: string; label: string }) {
  return (
    <CopyButton value={value} timeout={1500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : label} withArrow>
          <ActionIcon variant="subtle" color={copied ? 'dial' : 'gray'} size="sm" onClick={copy} aria-label={label}>
            {copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}

export function Code({ text, label }: { text: string; label?: string }) {
  return (
    <Box pos="relative">
      <pre className="code" tabIndex={0} aria-label={label}>{text}</pre>
      <Box pos="absolute" top={8} right={8}><Copy value={text} label={label ? `Copy ${label}` : 'Copy'} /></Box>
    </Box>
  );
}

const tones: Record<string, string> = {
  delivered: 'good', sent: 'good', received: 'good', read: 'good', completed: 'good', failed: 'bad', undelivered: 'bad', error: 'bad',
  busy: 'bad', 'no-answer': 'bad', ringing: 'moving', 'in-progress': 'moving', queued: 'moving', accepted: 'moving', sending: 'moving', receiving: 'moving', building: 'moving', scheduled: 'waiting', warning: 'waiting',
};
/** A word with a dot in front; the word alone says it all. */
export function Status({ value }: { value: string }) {
  return <span className="status" data-tone={tones[value]}>{value}</span>;
}

export function Time({ value }: { value: string | null | undefined }) {
  if (!value) return <span className="quiet">–</span>;
  const date = new Date(value);
  return <time dateTime={value} title={Number.isNaN(date.getTime()) ? value : date.toISOString()} className="number">{formatTime(value)}</time>;
}

export function SidLink({ sid, to }: { sid: string; to: string }) {
  return <Anchor component={Link} to={to} size="sm" className="mono">{sid}</Anchor>;
}

export function Field({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Text size="xs" className="quiet" fw={550} mb={2}>{label}</Text>
      <div>{children}</div>
    </div>
  );
}
