import { Badge, Box, Grid, Group, ScrollArea, Text, TextInput, UnstyledButton } from '@mantine/core';
import { IconApi, IconSearch } from '@tabler/icons-react';
import { useDeferredValue, useMemo, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import { plural } from '../../shared/format';
import { useRowsWindow } from '../../shared/rows_window';
import { Empty, Failure, Page, Panel, Waiting } from '../../shared/ui';
import { type Entry, matching, titleOf, useCatalogue, useOperation } from './catalogue';
import classes from './explorer.module.css';
import { OperationForm } from './operation_form';

export function ExplorerPage() {
  const [params, setParams] = useSearchParams();
  const document = params.get('document');
  const operation = params.get('operation');
  const catalogue = useCatalogue();
  const detail = useOperation(document, operation);
  const form = useRef<HTMLDivElement>(null);
  const open = (entry: Entry) => {
    setParams({ document: entry.document, operation: entry.operation });
    // Where the form lies below the list, it would open out of sight.
    if (window.matchMedia('(max-width: 62em)').matches) form.current?.scrollIntoView({ block: 'start' });
  };
  return (
    <Page title="API explorer" wide note="Every operation of Twilio's API, sent from here and shown as code.">
      <Failure error={catalogue.error} onRetry={() => { void catalogue.refetch(); }} />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 4 }}><Panel padded={false}>{catalogue.data ? <List entries={catalogue.data} current={`${document ?? ''} ${operation ?? ''}`} onOpen={open} /> : <Waiting />}</Panel></Grid.Col>
        <Grid.Col span={{ base: 12, md: 8 }} ref={form} style={{ scrollMarginTop: 64 }}>
          <Failure error={detail.error} />
          {detail.data ? <OperationForm key={`${detail.data.document} ${detail.data.operation}`} operation={detail.data} /> : document ? <Waiting /> : (
            <Panel><Empty icon={<IconApi size={40} stroke={1.4} />} title="Choose an operation">Its parameters become a form, and what you send is shown as curl, Node, Python and C++.</Empty></Panel>
          )}
        </Grid.Col>
      </Grid>
    </Page>
  );
}

const rowHeight = 56;

function List({ entries, current, onOpen }: { entries: Entry[]; current: string; onOpen: (entry: Entry) => void }) {
  const [text, setText] = useState('');
  const deferred = useDeferredValue(text);
  const found = useMemo(() => matching(entries, deferred), [entries, deferred]);
  const box = useRef<HTMLDivElement>(null);
  const { from, to } = useRowsWindow(box, found.length, rowHeight);
  return (
    <>
      <Box p="sm" style={{ borderBottom: '1px solid var(--line)' }}>
        <TextInput aria-label="Find an operation" placeholder="message create, verify, flows…" leftSection={<IconSearch size={15} />} value={text} onChange={(event) => { setText(event.currentTarget.value); }} />
        <Text size="xs" className="quiet" mt={6} role="status">{plural(found.length, 'operation')}</Text>
      </Box>
      <ScrollArea viewportRef={box} className={classes['list']} viewportProps={{ tabIndex: 0, 'aria-label': 'Operations' }}>
        <div style={{ height: found.length * rowHeight, position: 'relative' }}>
          {found.slice(from, to).map((entry, index) => {
            const active = `${entry.document} ${entry.operation}` === current;
            return (
              <UnstyledButton key={`${entry.document} ${entry.operation}`} className={classes['entry']} data-active={active || undefined} aria-current={active ? 'true' : undefined} style={{ position: 'absolute', top: (from + index) * rowHeight, left: 0, right: 0, height: rowHeight }} onClick={() => { onOpen(entry); }}>
                <Group gap={8} wrap="nowrap"><Method name={entry.method} /><Text size="sm" fw={550} className="cut">{titleOf(entry.operation)}</Text></Group>
                <Text size="xs" className="quiet cut">{entry.document.replace('_', ' ')} · {entry.path}</Text>
              </UnstyledButton>
            );
          })}
        </div>
      </ScrollArea>
    </>
  );
}

export function Method({ name }: { name: string }) {
  return <Badge variant="default" size="sm" radius="sm" w={58} style={{ flex: 'none' }}>{name}</Badge>;
}
