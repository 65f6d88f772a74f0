import { Button, Checkbox, Group, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconArrowLeft, IconSearch } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { formatNumber } from '../../shared/format';
import { call } from '../../shared/twilio';
import { Empty, Failure, Page, Panel, tellDone, Waiting } from '../../shared/ui';

type Kind = 'Local' | 'Mobile' | 'TollFree';
interface Wanted { country: string; kind: Kind; areaCode: string; contains: string; sms: boolean; mms: boolean; voice: boolean }
interface Offer { phone_number: string | null; locality: string | null; region: string | null; iso_country: string | null; capabilities: unknown }

const first: Wanted = { country: 'US', kind: 'Local', areaCode: '', contains: '', sms: true, mms: false, voice: false };

async function search(wanted: Wanted, signal: AbortSignal): Promise<Offer[]> {
  const params = {
    CountryCode: wanted.country, PageSize: 20,
    ...(wanted.areaCode ? { AreaCode: Number(wanted.areaCode) } : {}), ...(wanted.contains ? { Contains: wanted.contains } : {}),
    ...(wanted.sms ? { SmsEnabled: true } : {}), ...(wanted.mms ? { MmsEnabled: true } : {}), ...(wanted.voice ? { VoiceEnabled: true } : {}),
  };
  switch (wanted.kind) {
    case 'Local': return (await call('api_v2010.ListAvailablePhoneNumberLocal', params, signal)).available_phone_numbers ?? [];
    case 'Mobile': return (await call('api_v2010.ListAvailablePhoneNumberMobile', params, signal)).available_phone_numbers ?? [];
    case 'TollFree': return (await call('api_v2010.ListAvailablePhoneNumberTollFree', params, signal)).available_phone_numbers ?? [];
  }
}

export function BuyPage() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [form, setForm] = useState(first);
  const [wanted, setWanted] = useState(first);
  const countries = useQuery({ queryKey: ['countries'], queryFn: async ({ signal }) => (await call('api_v2010.ListAvailablePhoneNumberCountry', { PageSize: 1000 }, signal)).countries ?? [], staleTime: Infinity });
  const offers = useQuery({ queryKey: ['offers', wanted], queryFn: ({ signal }) => search(wanted, signal) });
  const buy = useMutation({
    mutationFn: (number: string) => call('api_v2010.CreateIncomingPhoneNumber', { PhoneNumber: number }),
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ['numbers'], exact: true });
      tellDone(`${formatNumber(made.phone_number ?? '')} is yours`);
      void navigate(`/numbers/${made.sid ?? ''}`);
    },
  });
  const set = (change: Partial<Wanted>) => { setForm({ ...form, ...change }); };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setWanted(form);
  };
  return (
    <Page title="Get a number" note="It is yours at once, and costs nothing here." actions={<Button component={Link} to="/numbers" variant="default" leftSection={<IconArrowLeft size={16} />}>All numbers</Button>}>
      <Panel>
        <form onSubmit={submit}>
          <Stack gap="sm">
            <Group gap="sm" align="flex-end">
              <Select label="Country" w={220} searchable allowDeselect={false} value={form.country} onChange={(country) => { set({ country: country ?? 'US' }); }}
                data={(countries.data ?? []).map((each) => ({ value: each.country_code ?? '', label: each.country ?? each.country_code ?? '' })).sort((a, b) => a.label.localeCompare(b.label))} />
              <TextInput label="Area code" w={110} inputMode="numeric" value={form.areaCode} onChange={(event) => { set({ areaCode: event.currentTarget.value.replace(/\D/g, '') }); }} placeholder="415" />
              <TextInput label="Contains" w={160} value={form.contains} onChange={(event) => { set({ contains: event.currentTarget.value.trim() }); }} placeholder="*HELLO or 555" />
              <SegmentedControl value={form.kind} onChange={(kind) => { set({ kind: kind as Kind }); }} data={[{ value: 'Local', label: 'Local' }, { value: 'Mobile', label: 'Mobile' }, { value: 'TollFree', label: 'Toll-free' }]} aria-label="Kind of number" />
              <Button type="submit" leftSection={<IconSearch size={16} />}>Search</Button>
            </Group>
            <Group gap="lg">
              <Checkbox label="SMS" checked={form.sms} onChange={(event) => { set({ sms: event.currentTarget.checked }); }} />
              <Checkbox label="MMS" checked={form.mms} onChange={(event) => { set({ mms: event.currentTarget.checked }); }} />
              <Checkbox label="Voice" checked={form.voice} onChange={(event) => { set({ voice: event.currentTarget.checked }); }} />
            </Group>
          </Stack>
        </form>
      </Panel>
      <Failure error={offers.error ?? countries.error} />
      <Panel padded={false}>
        {offers.isFetching ? <Waiting /> : null}
        {!offers.isFetching && offers.data?.length === 0 ? <Empty icon={<IconSearch size={36} stroke={1.4} />} title="No such number is free">Ask for less: another area code, fewer digits, fewer capabilities.</Empty> : null}
        {!offers.isFetching && offers.data && offers.data.length > 0 ? (
          <table className="rows">
            <thead><tr><th>Number</th><th>Where</th><th>Can</th><th><span className="unseen">Get it</span></th></tr></thead>
            <tbody>
              {offers.data.map((each) => (
                <OfferRows key={each.phone_number} offer={each} buying={buy.isPending && buy.variables === each.phone_number} error={buy.variables === each.phone_number ? buy.error : null} onBuy={(number) => { buy.mutate(number); }} />
              ))}
            </tbody>
          </table>
        ) : null}
      </Panel>
    </Page>
  );
}

/** What went wrong with a number lies below it. */
function OfferRows({ offer, buying, error, onBuy }: { offer: Offer; buying: boolean; error: unknown; onBuy: (number: string) => void }) {
  const number = offer.phone_number ?? '';
  return (
    <>
      <tr>
        <td><Text size="sm" fw={600} className="number">{formatNumber(number)}</Text></td>
        <td>{[offer.locality, offer.region, offer.iso_country].filter(Boolean).join(', ')}</td>
        <td className="quiet">{capabilitiesOf(offer.capabilities).join(' · ')}</td>
        <td style={{ textAlign: 'right' }}><Button size="xs" variant="light" loading={buying} onClick={() => { onBuy(number); }} aria-label={`Get it: ${number}`}>Get it</Button></td>
      </tr>
      {error ? <tr><td colSpan={4}><Failure error={error} /></td></tr> : null}
    </>
  );
}

export function capabilitiesOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).filter(([, able]) => able === true).map(([name]) => (/voice/i.test(name) ? 'Voice' : name.toUpperCase()));
}
