import { useCallback, useState } from 'react';
import { api, type Call, type Settings } from './api';
import { Experience, ProblemNote, useAction } from './parts';

export function PlaceCall({ settings, url }: { settings: Settings; url: string | undefined }) {
  const [call, setCall] = useState<Call>();
  const ring = useAction(useCallback(async () => { setCall(await api.call(url!)); }, [url]));
  const look = useAction(useCallback(async () => { if (call) setCall(await api.callStatus(call.sid)); }, [call]));
  return (
    <Experience id="four" title="4. A call" lead={`${settings.number} rings ${settings.myNumber}, and the deployed call script speaks.`}>
      {url ? <p>It is answered by <code>{url}</code>.</p> : <p>Deploy the script “An answer to a call” first.</p>}
      <div className="row">
        <button disabled={!url || ring.busy} onClick={() => void ring.run()}>Ring {settings.myNumber}</button>
        {call ? <button className="quiet" disabled={look.busy} onClick={() => void look.run()}>Look again</button> : null}
      </div>
      <ProblemNote problem={ring.problem ?? look.problem} />
      {call ? <p className="result" role="status">Call <code>{call.sid}</code>: {call.status}</p> : null}
    </Experience>
  );
}
