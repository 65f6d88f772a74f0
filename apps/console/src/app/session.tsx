// Nothing is shown before it is known who asks. On loopback the server opens a session by itself.

import { Box, Button, Center, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { createContext, type FormEvent, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { ApiError, keepSession, sendJson, type Session, whenLoggedOut } from '../shared/http';
import { Failure, Waiting } from '../shared/ui';
import { Logo } from './logo';

type State = { step: 'asking' } | { step: 'login' } | { step: 'failed'; error: unknown } | { step: 'open'; session: Session };

interface SessionValue { session: Session; logOut: () => void }
const SessionContext = createContext<SessionValue | null>(null);

export function useSession(): SessionValue {
  const value = useContext(SessionContext);
  if (!value) throw new Error('used outside of SessionGate');
  return value;
}

export function SessionGate({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [state, setState] = useState<State>({ step: 'asking' });
  const ask = useCallback(() => {
    setState({ step: 'asking' });
    sendJson<Session>('GET', '/_console/session').then((session) => {
      keepSession(session);
      setState({ step: 'open', session });
    }, (error: unknown) => {
      keepSession(null);
      setState(error instanceof ApiError && error.status === 401 ? { step: 'login' } : { step: 'failed', error });
    });
  }, []);
  useEffect(() => {
    whenLoggedOut(ask);
    ask();
  }, [ask]);
  const opened = (session: Session) => {
    client.clear();
    keepSession(session);
    setState({ step: 'open', session });
  };
  const logOut = useCallback(() => {
    sendJson<null>('DELETE', '/_console/session').finally(() => {
      keepSession(null);
      client.clear();
      setState({ step: 'login' });
    });
  }, [client]);
  const session = state.step === 'open' ? state.session : null;
  const value = useMemo(() => (session ? { session, logOut } : null), [session, logOut]);
  if (value) return <SessionContext.Provider value={value}>{children}</SessionContext.Provider>;
  return (
    <Center mih="100vh" p="md" component="main">
      {state.step === 'asking' ? <Waiting /> : null}
      {state.step === 'failed' ? <Box maw={440}><Failure error={state.error} onRetry={ask} /></Box> : null}
      {state.step === 'login' ? <Login onOpen={opened} /> : null}
    </Center>
  );
}

function Login({ onOpen }: { onOpen: (session: Session) => void }) {
  const [sid, setSid] = useState('');
  const [token, setToken] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    sendJson<Session>('POST', '/_console/session', { account_sid: sid.trim(), auth_token: token.trim() })
      .then(onOpen, setError).finally(() => { setBusy(false); });
  };
  return (
    <Box component="form" onSubmit={submit} className="panel" w="100%" maw={420} p={{ base: 'lg', sm: 32 }}>
      <Stack gap="md">
        <Logo size={38} />
        <div>
          <Title order={1}>Log in to Dialtone</Title>
          <Text size="sm" className="quiet" mt={4}>With the account SID and the auth token that the program printed when it started, or that <span className="mono">dialtone env</span> prints.</Text>
        </div>
        <TextInput label="Account SID" name="username" autoComplete="username" placeholder="AC…" required value={sid} onChange={(event) => { setSid(event.currentTarget.value); }} autoFocus spellCheck={false} />
        <PasswordInput label="Auth token" name="password" autoComplete="current-password" required value={token} onChange={(event) => { setToken(event.currentTarget.value); }} />
        <Failure error={error} />
        <Button type="submit" loading={busy}>Log in</Button>
      </Stack>
    </Box>
  );
}
