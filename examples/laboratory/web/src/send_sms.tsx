import { useCallback, useState } from 'react';
import { api, type Message, type Settings } from './api';
import { Experience, ProblemNote, useAction } from './parts';

export function SendSms({ settings }: { settings: Settings }) {
  const [number, setNumber] = useState('');
  const [message, setMessage] = useState<Message>();
  const send = useAction(useCallback(async () => {
    setMessage(undefined);
    setMessage(await api.sendSms(number));
  }, [number]));
  return (
    <Experience id="one" title="1. Send an SMS" lead={`From ${settings.number} to a phone. The API answers at once with a message that is queued; the phone has it a moment later.`}>
      <form className="row" onSubmit={(event) => { event.preventDefault(); void send.run(); }}>
        <label>To
          <input type="tel" inputMode="tel" placeholder={settings.myNumber} value={number} onChange={(event) => setNumber(event.target.value)} />
        </label>
        <button type="submit" disabled={send.busy}>{send.busy ? 'Sending…' : 'Send'}</button>
      </form>
      <ProblemNote problem={send.problem} />
      {message ? (
        <div className="result" role="status"><dl>
          <dt>Message</dt><dd><code>{message.sid}</code></dd>
          <dt>Status</dt><dd>{message.status}</dd>
          <dt>To</dt><dd>{message.to}</dd>
          <dt>Body</dt><dd>{message.body}</dd>
        </dl></div>
      ) : null}
    </Experience>
  );
}
