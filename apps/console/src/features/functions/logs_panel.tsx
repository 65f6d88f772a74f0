import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { formatClock } from '../../shared/format';
import { call } from '../../shared/twilio';
import { Failure } from '../../shared/ui';
import classes from './functions.module.css';

/** What the functions of an environment wrote, live. */
export function LogsPanel({ serviceSid, environmentSid }: { serviceSid: string; environmentSid: string }) {
  const logs = useQuery({ queryKey: ['function-logs', environmentSid], queryFn: async ({ signal }) => ((await call('serverless_v1.ListLog', { ServiceSid: serviceSid, EnvironmentSid: environmentSid, PageSize: 200 }, signal)).logs ?? []).toReversed() });
  const box = useRef<HTMLDivElement>(null);
  const count = logs.data?.at(-1)?.sid;
  useEffect(() => { if (box.current) box.current.scrollTop = box.current.scrollHeight; }, [count]);
  return (
    <div ref={box} className={classes['log']} role="log" aria-label="Logs" tabIndex={0}>
      <Failure error={logs.error} />
      {logs.data?.length === 0 ? <Text size="sm" className="quiet">What functions write with console.log shows up here.</Text> : null}
      {(logs.data ?? []).map((each) => {
        const level = (each.level ?? '').toLowerCase();
        return <div key={each.sid}><span className="quiet">{each.date_created ? formatClock(each.date_created) : ''} </span><span className={level === 'error' ? 'bad' : undefined}>{level === 'info' ? '' : `${level} `}{each.message}</span></div>;
      })}
    </div>
  );
}
