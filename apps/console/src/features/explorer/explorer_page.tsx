import { Badge, Box, Grid, Group, ScrollArea, Text, TextInput, UnstyledButton } from '@mantine/core';
import { IconApi, IconSearch } from '@tabler/icons-react';
import { type KeyboardEvent, useDeferredValue, useLayoutEffect, useMemo, useRef, useState } from 'react';
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

function keyOf(entry: Entry): string {
  return `${entry.document} ${entry.operation}`;
}

function List({ entries, current, onOpen }: { entries: Entry[]; current: string; onOpen: (entry: Entry) => void }) {
  const [text, setText] = useState('');
  const deferred = useDeferredValue(text);
  const found = useMemo(() => matching(entries, deferred), [entries, deferred]);
  const box = useRef<HTMLDivElement>(null);
  const { from, to } = useRowsWindow(box, found.length, rowHeight);
  // For the keyboard the list is one stop: arrows go through it, Tab goes on to the form.
  const [at, setAt] = useState(() => Math.max(0, entries.findIndex((each) => keyOf(each) === current)));
  const moving = useRef(false);
  const stop = at >= from && at < to ? at : from;
  useLayoutEffect(() => {
    if (moving.current) {
      const row = box.current?.querySelector<HTMLElement>(`[data-index="${at}"]`);
      row?.focus({ preventScroll: true });
      moving.current = !row;
    }
  }, [at, from, to]);
  const begin = useRef(at);
  useLayoutEffect(() => { if (begin.current > 0 && box.current) box.current.scrollTop = begin.current * rowHeight; }, []);
  const go = (index: number) => {
    const next = Math.max(0, Math.min(index, found.length - 1));
    const top = next * rowHeight;
    const view = box.current;
    moving.current = true;
    setAt(next);
    if (view) view.scrollTop = Math.min(top, Math.max(view.scrollTop, top + rowHeight - view.clientHeight));
    if (next === at) view?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    const targets: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 8, PageUp: at - 8, Home: 0, End: found.length - 1 };
    const target = targets[event.key];
    if (target === undefined || found.length === 0) return;
    event.preventDefault();
    go(target);
  };
  return (
    <>
      <Box p="sm" style={{ borderBottom: '1px solid var(--line)' }}>
        <TextInput aria-label="Find an operation" placeholder="message create, verify, flows…" leftSection={<IconSearch size={15} />} value={text} onChange={(event) => { setText(event.currentTarget.value); setAt(0); if (box.current) box.current.scrollTop = 0; }}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowDown' || found.length === 0) return;
            event.preventDefault();
            go(at);
          }} />
        <Text size="xs" className="quiet" mt={6} role="status">{plural(found.length, 'operation')}</Text>
      </Box>
      <ScrollArea viewportRef={box} className={classes['list']} viewportProps={{ tabIndex: -1, 'aria-label': 'Operations', role: 'group', onKeyDown: onKey }}>
        <div style={{ height: found.length * rowHeight, position: 'relative' }}>
          {found.slice(from, to).map((entry, index) => {
            const active = keyOf(entry) === current;
            const row = from + index;
            return (
              <UnstyledButton key={keyOf(entry)} data-index={row} tabIndex={row === stop ? 0 : -1} className={classes['entry']} data-active={active || undefined} aria-current={active ? 'true' : undefined} style={{ position: 'absolute', top: row * rowHeight, left: 0, right: 0, height: rowHeight }} onFocus={() => { setAt(row); }} onClick={() => { onOpen(entry); }}>
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
