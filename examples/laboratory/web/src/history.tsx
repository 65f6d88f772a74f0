import { useCallback, useEffect, useState } from 'react';
import { api, type Message } from './api';
import { Experience, ProblemNote, useAction } from './parts';

export function History() {
  const [messages, setMessages] = useState<Message[]>();
  const [open, setOpen] = useState<Message>();
  const load = useAction(useCallback(async () => { setMessages(await api.history()); }, []));
  const show = useAction(useCallback(async (sid: string) => { setOpen(await api.message(sid)); }, []));
  useEffect(() => { void load.run(); }, [load.run]);
  return (
    <Experience id="three" title="3. The history" lead="What was sent and received, the newest first, with what became of it.">
      <div className="row"><button disabled={load.busy} onClick={() => void load.run()}>Look again</button></div>
      <ProblemNote problem={load.problem ?? show.problem} />
      {messages?.length === 0 ? <p>Nothing yet. Send an SMS above.</p> : null}
      {messages && messages.length > 0 ? (
        <div className="wide">
          <table>
            <thead><tr><th>When</th><th>From</th><th>To</th><th>Status</th><th>Body</th></tr></thead>
            <tbody>
              {messages.map((each) => (
                <tr key={each.sid}>
                  <td><button className="link" onClick={() => void show.run(each.sid)}>{new Date(each.date_created).toLocaleTimeString()}</button></td>
                  <td>{each.from}</td><td>{each.to}</td><td>{each.status}</td><td>{each.body}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {open ? (
        <div className="result" role="status"><dl>
          <dt>Message</dt><dd><code>{open.sid}</code></dd>
          <dt>Direction</dt><dd>{open.direction}</dd>
          <dt>Status</dt><dd>{open.status}{open.error_code ? `: error ${open.error_code}, ${open.error_message ?? ''}` : ''}</dd>
          <dt>Parts</dt><dd>{open.num_segments}</dd>
          <dt>Body</dt><dd>{open.body}</dd>
        </dl></div>
      ) : null}
    </Experience>
  );
}
