import { useCallback, useEffect, useState } from 'react';
import { api, type Settings } from './api';
import { PlaceCall } from './call';
import { Functions } from './functions';
import { History } from './history';
import { ProblemNote, useAction } from './parts';
import { SendSms } from './send_sms';

export function App() {
  const [settings, setSettings] = useState<Settings>();
  const [callUrl, setCallUrl] = useState<string>();
  const load = useAction(useCallback(async () => { setSettings(await api.settings()); }, []));
  useEffect(() => { void load.run(); }, [load.run]);
  const deployed = useCallback((script: string, url: string) => { if (script === 'call-answer') setCallUrl(url); }, []);
  return (
    <>
      <header>
        <h1>The laboratory</h1>
        <p>Four experiences with a programmable phone network: an SMS, a function in the cloud, the history, and a call.</p>
        {settings ? <p className="where">{settings.dialtone ? <>The network is Dialtone, on this machine. <a href={settings.dialtone} target="_blank" rel="noreferrer">Its phones are in the console.</a></> : 'The network is Twilio: messages and calls are real and cost money.'}</p> : null}
        <ProblemNote problem={load.problem} />
      </header>
      <main>
        {settings ? (
          <>
            <SendSms settings={settings} />
            <Functions settings={settings} deployed={deployed} />
            <History />
            <PlaceCall settings={settings} url={callUrl} />
          </>
        ) : null}
      </main>
    </>
  );
}
