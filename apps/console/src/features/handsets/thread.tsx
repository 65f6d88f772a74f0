import { Text } from '@mantine/core';
import { IconFile, IconMapPin } from '@tabler/icons-react';
import { Fragment, useLayoutEffect, useRef } from 'react';
import { Link } from 'react-router';
import type { HandsetMessage } from '../../api/control';
import { formatBytes, formatClock } from '../../shared/format';
import { useNumbers } from '../numbers/list_numbers';
import classes from './handsets.module.css';

function dayOf(text: string): string {
  return new Date(text).toLocaleDateString(undefined, { weekday: 'short', day: 'numeric', month: 'short' });
}

/** What phones say to each other is in no log: a Twilio number, a short code or another sender must have taken part. */
export function isLogged(message: HandsetMessage, own: ReadonlySet<string>): boolean {
  return [message.from, message.to].some((each) => own.has(each) || !each.startsWith('+'));
}

export function Thread({ messages }: { messages: HandsetMessage[] }) {
  const numbers = useNumbers();
  const own = new Set((numbers.data ?? []).map((each) => each.phone_number ?? ''));
  const end = useRef<HTMLDivElement>(null);
  const count = messages.length;
  useLayoutEffect(() => {
    const box = end.current?.parentElement;
    if (box) box.scrollTop = box.scrollHeight;
  }, [count]);
  return (
    <div className={classes['thread']} role="log" aria-label="Conversation" tabIndex={0}>
      <div className={classes['grow']} />
      {messages.map((message, index) => {
        const before = messages[index - 1];
        const newDay = !before || dayOf(before.date) !== dayOf(message.date);
        return (
          <Fragment key={message.sid}>
            {newDay ? <Text size="xs" className="quiet" ta="center" my={8}>{dayOf(message.date)}</Text> : null}
            <Bubble message={message} logged={isLogged(message, own)} />
          </Fragment>
        );
      })}
      <div ref={end} />
    </div>
  );
}

function Bubble({ message, logged }: { message: HandsetMessage; logged: boolean }) {
  const mine = message.direction === 'outbound';
  return (
    <div className={classes['line']} data-mine={mine || undefined}>
      <div className={classes['bubble']}>
        {(message.media ?? []).map((each) => <Attached key={each.url} type={each.content_type} size={each.size} url={each.url} />)}
        {message.body ? <div className="wrap">{message.body}</div> : null}
        {message.location ? <div className={classes['file']}><IconMapPin size={16} />{placeOf(message.location)}</div> : null}
      </div>
      <div className={classes['meta']}>
        <time dateTime={message.date}>{formatClock(message.date)}</time>
        {mine ? <span>Delivered</span> : null}
        {logged ? <Link to={`/logs/messages/${message.sid}`} className={classes['log']}>Log entry</Link> : null}
      </div>
    </div>
  );
}

const placeOf = ({ latitude, longitude, label }: NonNullable<HandsetMessage['location']>) => `${label ? `${label}, ` : ''}${latitude}, ${longitude}`;

function Attached({ type, size, url }: { type: string; size: number; url: string }) {
  if (type.startsWith('image/')) return <a href={url} target="_blank" rel="noreferrer"><img src={url} alt={`Attached ${type}`} className={classes['picture']} /></a>;
  if (type.startsWith('audio/')) return <audio controls src={url} className={classes['player']} aria-label={`Attached ${type}`} />;
  if (type.startsWith('video/')) return <video controls src={url} className={classes['picture']} aria-label={`Attached ${type}`} />;
  return <a href={url} target="_blank" rel="noreferrer" className={classes['file']}><IconFile size={16} />{type}, {formatBytes(size)}</a>;
}
