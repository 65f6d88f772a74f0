import { Anchor, Box, Button, Group, Loader, Select, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback, useMediaQuery } from '@mantine/hooks';
import { IconDownload, IconFilter, IconFilterOff, IconMessages } from '@tabler/icons-react';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { Message } from '../../api/control';
import { controlUrl } from '../../shared/control';
import { formatNumber, plural } from '../../shared/format';
import { shiftOf, useRowsWindow } from '../../shared/rows_window';
import { Empty, Failure, Page, Panel, Status, Time, Waiting } from '../../shared/ui';
import { filterNames, filtersOf, pageSizes, queryOf, useMessageLog } from './message_log';
import classes from './messages.module.css';

const statuses = ['accepted', 'scheduled', 'queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed', 'canceled', 'receiving', 'received', 'read'];
const directions = [
  { value: 'inbound', label: 'Incoming' }, { value: 'outbound', label: 'Outgoing, all' }, { value: 'outbound-api', label: 'Outgoing, by API' },
  { value: 'outbound-reply', label: 'Outgoing, as reply' }, { value: 'outbound-call', label: 'Outgoing, from a call' },
];

export function MessagesPage() {
  const [params, setParams] = useSearchParams();
  const text = params.toString();
  const filters = useMemo(() => filtersOf(new URLSearchParams(text)), [text]);
  const pageSize = pageSizes.find((each) => String(each) === params.get('size')) ?? 100;
  const log = useMessageLog(filters, pageSize);
  const filtered = filterNames.some((name) => filters[name] !== '');
  const narrow = useNarrow();
  const [filtering, setFiltering] = useState(false);
  const set = (name: string, value: string | null) => {
    setParams((before) => {
      if (value) before.set(name, value);
      else before.delete(name);
      return before;
    }, { replace: true });
  };
  return (
    <Page title="Messages" wide note="Every message of this account, as it happens."
      actions={<Button component="a" href={controlUrl('/messages.csv', {}, queryOf(filters))} download="messages.csv" variant="default" leftSection={<IconDownload size={16} />}>Export CSV</Button>}>
      <Panel padded={false}>
        {narrow ? <Box p="sm"><Button variant="default" size="xs" leftSection={<IconFilter size={14} />} aria-expanded={filtering} onClick={() => { setFiltering(!filtering); }}>{filtered ? 'Filters, some set' : 'Filters'}</Button></Box> : null}
        <Box p="md" className={classes['filters']} hidden={narrow && !filtering} role="search" aria-label="Filter the messages">
          <DelayedInput label="SID" value={filters.sid} onSettle={(value) => { set('sid', value); }} placeholder="SM…" />
          <DelayedInput label="From" value={filters.from} onSettle={(value) => { set('from', value); }} placeholder="+1…" />
          <DelayedInput label="To" value={filters.to} onSettle={(value) => { set('to', value); }} placeholder="+1…" />
          <DelayedInput label="Text" value={filters.text} onSettle={(value) => { set('text', value); }} placeholder="In the body" />
          <Select label="Direction" size="xs" data={directions} value={filters.direction || null} onChange={(value) => { set('direction', value); }} clearable placeholder="Any" />
          <Select label="Status" size="xs" data={statuses} value={filters.status || null} onChange={(value) => { set('status', value); }} clearable placeholder="Any" searchable />
          <TextInput label="Since" size="xs" type="date" styles={{ input: { paddingInline: 6 } }} value={filters.since.slice(0, 10)} onChange={(event) => { set('since', event.currentTarget.value); }} />
          <TextInput label="Until" size="xs" type="date" styles={{ input: { paddingInline: 6 } }} value={filters.until.slice(0, 10)} onChange={(event) => { set('until', event.currentTarget.value); }} />
          <Select label="Page size" size="xs" data={pageSizes.map(String)} value={String(pageSize)} onChange={(value) => { set('size', value); }} allowDeselect={false} />
        </Box>
        {log.error ? <Box px="md" pb="md"><Failure error={log.error} onRetry={() => { void log.refetch(); }} /></Box> : null}
        {log.isPending ? <Waiting /> : null}
        {log.data && log.rows.length === 0 && !log.hasNextPage ? (filtered ? (
          <Empty icon={<IconFilterOff size={38} stroke={1.4} />} title="No message fits these filters" action={<Button variant="light" onClick={() => { setParams({}); }}>Without filters</Button>} />
        ) : (
          <Empty icon={<IconMessages size={38} stroke={1.4} />} title="No messages yet">
            Send one from your code (the <Anchor component={Link} to="/">dashboard</Anchor> has the lines), or write one on a <Anchor component={Link} to="/handsets">handset</Anchor>.
          </Empty>
        )) : null}
        {log.rows.length > 0 || log.hasNextPage ? <Rows rows={log.rows} more={log.hasNextPage} loading={log.isFetchingNextPage} onMore={() => { void log.fetchNextPage({ cancelRefetch: false }); }} /> : null}
      </Panel>
    </Page>
  );
}

function useNarrow(): boolean {
  return useMediaQuery('(max-width: 48em)', window.innerWidth < 768, { getInitialValueInEffect: false });
}

/** Tells what was typed once the typing pauses. */
function DelayedInput({ label, value, placeholder, onSettle }: { label: string; value: string; placeholder: string; onSettle: (value: string) => void }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => { setTyped(value); }, [value]);
  const settle = useDebouncedCallback(onSettle, 350);
  return <TextInput label={label} size="xs" placeholder={placeholder} value={typed} onChange={(event) => { setTyped(event.currentTarget.value); settle(event.currentTarget.value.trim()); }} />;
}

function Rows({ rows, more, loading, onMore }: { rows: Message[]; more: boolean; loading: boolean; onMore: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  const narrow = useNarrow();
  const height = narrow ? 84 : 45;
  const { from, to } = useRowsWindow(box, rows.length, height);
  useEffect(() => {
    if (more && !loading && to >= rows.length - 30) onMore();
  }, [more, loading, to, rows.length, onMore]);
  // Who reads further down keeps the place when new messages come in above.
  const first = useRef(rows[0]);
  useLayoutEffect(() => {
    const shift = shiftOf(rows, first.current, (each) => each.sid);
    first.current = rows[0];
    if (box.current && shift > 0 && box.current.scrollTop >= height) box.current.scrollTop += shift * height;
  }, [rows, height]);
  return (
    <>
      <div role="table" aria-label="Messages" aria-rowcount={more ? -1 : rows.length + 1} className={classes['table']}>
        <div role="rowgroup" className={classes['head']}>
          <div role="row" className={classes['row']}>
            {['Time', 'From', 'To', 'Body', 'Direction', 'Status', 'Parts'].map((name) => <div key={name} role="columnheader">{name}</div>)}
          </div>
        </div>
        <div ref={box} className={classes['scroll']} tabIndex={0} role="rowgroup" aria-label="Rows">
          <div style={{ height: rows.length * height, position: 'relative' }} role="presentation">
            {rows.slice(from, to).map((row, index) => <Row key={row.sid} message={row} top={(from + index) * height} height={height} index={from + index} />)}
          </div>
        </div>
      </div>
      <Group px="md" py={8} justify="space-between" className={classes['foot']}>
        <Text size="xs" className="quiet" role="status">{plural(rows.length, 'message')}{more ? ', more below' : ''}</Text>
        {loading ? <Loader size="xs" /> : null}
      </Group>
    </>
  );
}

function Row({ message, top, height, index }: { message: Message; top: number; height: number; index: number }) {
  return (
    <div role="row" aria-rowindex={index + 2} className={classes['row']} style={{ position: 'absolute', top, height, left: 0, right: 0 }}>
      <div role="cell" className={classes['time']}><Link to={`/logs/messages/${message.sid ?? ''}`} className={classes['link']}><Time value={message.date_created} /></Link></div>
      <div role="cell" className={classes['from']}>{formatNumber(message.from ?? '') || '–'}</div>
      <div role="cell" className={classes['to']}>{formatNumber(message.to ?? '')}</div>
      <div role="cell" className={classes['body']}>{message.body || <span className="quiet">{Number(message.num_media) > 0 ? 'Picture' : '(empty)'}</span>}</div>
      <div role="cell" className={classes['direction']}>{message.direction === 'inbound' ? 'Incoming' : message.direction === 'outbound-reply' ? 'Reply' : 'Outgoing'}</div>
      <div role="cell" className={classes['status']}><Status value={message.status} /></div>
      <div role="cell" className={classes['parts']}>{message.num_segments}</div>
    </div>
  );
}
