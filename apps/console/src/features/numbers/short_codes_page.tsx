import { Anchor, Button, Drawer, Group, Stack, TextInput } from '@mantine/core';
import { IconHash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useSearchParams } from 'react-router';
import { control } from '../../shared/control';
import { call } from '../../shared/twilio';
import { Copy, Empty, Failure, Page, Panel, tellDone, Waiting } from '../../shared/ui';
import { handlerOf, requireWhole, storedOf, summaryOf } from './handler';
import { HandlerEditor } from './handler_editor';
import { NumbersTabs } from './numbers_tabs';
import { type ShortCode, useShortCodes } from './short_codes';

function messageHandler(code: ShortCode) {
  return handlerOf({ url: code.sms_url ?? null, method: code.sms_method ?? null, fallbackUrl: code.sms_fallback_url ?? null, fallbackMethod: code.sms_fallback_method ?? null, applicationSid: null });
}

export function ShortCodesPage() {
  const codes = useShortCodes();
  const [params, setParams] = useSearchParams();
  const edited = codes.data?.find((each) => each.sid === params.get('open')) ?? null;
  const setEdited = (sid: string | null) => { setParams(sid ? { open: sid } : {}, { replace: true }); };
  return (
    <Page title="Phone numbers" note="Twilio rents short codes out by hand. Here you have one at once.">
      <NumbersTabs value="/numbers/short-codes" />
      <GetShortCode />
      <Failure error={codes.error} onRetry={() => { void codes.refetch(); }} />
      <Panel padded={false}>
        {codes.isPending ? <Waiting /> : null}
        {codes.data?.length === 0 ? <Empty icon={<IconHash size={38} stroke={1.4} />} title="No short codes yet">A short code has three to eight digits. It sends like a number, alone or in a messaging service, and handsets can write to it.</Empty> : null}
        {codes.data && codes.data.length > 0 ? (
          <table className="rows">
            <thead><tr><th>Short code</th><th>A message comes in</th><th>SID</th></tr></thead>
            <tbody>
              {codes.data.map((each) => (
                <tr key={each.sid}>
                  <td><Anchor component="button" type="button" size="sm" fw={600} className="number" onClick={() => { setEdited(each.sid ?? null); }}>{each.short_code}</Anchor></td>
                  <td className="wrap" data-label="A message">{summaryOf(messageHandler(each))}</td>
                  <td className="mono cut">{each.sid} <Copy value={each.sid ?? ''} label="Copy the SID" /></td>
                </tr>
              ))}
            </tbody>
          </table>
        ) : null}
      </Panel>
      <Drawer opened={edited !== null} onClose={() => { setEdited(null); }} position="right" size="lg" title={`Short code ${edited?.short_code ?? ''}`} closeButtonProps={{ 'aria-label': 'Close' }}>
        {edited ? <ShortCodeForm key={edited.sid} code={edited} onDone={() => { setEdited(null); }} /> : null}
      </Drawer>
    </Page>
  );
}

function GetShortCode() {
  const client = useQueryClient();
  const [code, setCode] = useState('');
  const get = useMutation({
    mutationFn: () => control('POST /short-codes', { body: { short_code: code } }),
    onSuccess: () => {
      tellDone(`${code} is yours`);
      setCode('');
      void client.invalidateQueries({ queryKey: ['short-codes'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (code) get.mutate();
  };
  return (
    <Panel title="Get a short code">
      <form onSubmit={submit}>
        <Group gap="sm" align="flex-end">
          <TextInput label="Digits" placeholder="55512" inputMode="numeric" maxLength={8} w={160} value={code} onChange={(event) => { setCode(event.currentTarget.value.replace(/\D/g, '')); }} />
          <Button type="submit" loading={get.isPending} disabled={code.length < 3}>Get it</Button>
        </Group>
      </form>
      {get.error ? <div style={{ marginTop: 12 }}><Failure error={get.error} /></div> : null}
    </Panel>
  );
}

function ShortCodeForm({ code, onDone }: { code: ShortCode; onDone: () => void }) {
  const client = useQueryClient();
  const [message, setMessage] = useState(messageHandler(code));
  const save = useMutation({
    mutationFn: async () => {
      requireWhole([message, 'a message']);
      const sms = storedOf(message);
      return await call('api_v2010.UpdateShortCode', { Sid: code.sid ?? '', SmsUrl: sms.url, SmsMethod: sms.method as 'POST', SmsFallbackUrl: sms.fallbackUrl, SmsFallbackMethod: sms.fallbackMethod as 'POST' });
    },
    onSuccess: () => {
      tellDone('The short code is saved');
      void client.invalidateQueries({ queryKey: ['short-codes'] });
      onDone();
    },
  });
  return (
    <Stack gap="md">
      <HandlerEditor what="a message" value={message} onChange={setMessage} without={['application']} />
      <Failure error={save.error} />
      <Group><Button loading={save.isPending} onClick={() => { save.mutate(); }}>Save</Button></Group>
    </Stack>
  );
}
