// What a number can be pointed at, chosen from what there is. What it points at already stays in the list, also when it
// is gone, so that nothing else is shown in its place.

import { Anchor, Box, Select, SimpleGrid, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { useSession } from '../../app/session';
import { call } from '../../shared/twilio';
import { Failure } from '../../shared/ui';
import { BinEditor } from '../bins/bin_editor';
import { useBins } from '../bins/bins';
import { type DeployedFunction, useDeployedFunctions } from '../functions/list_deployed';
import { flowUrl } from './handler';

interface Choice { value: string; label: string }

/** The list, and what is set but not in it. */
export function withCurrent(choices: Choice[], value: string, loaded: boolean): Choice[] {
  return !value || choices.some((each) => each.value === value) ? choices : [{ value, label: loaded ? `${value} (not there any more)` : value }, ...choices];
}

const unique = (texts: string[]) => [...new Set(texts)];

/** Service, environment, path: the next list holds what the one before leaves. */
export function FunctionChoice({ url, onChange }: { url: string; onChange: (url: string) => void }) {
  const deployed = useDeployedFunctions();
  if (deployed.data?.length === 0 && !url) return <Text size="sm" className="quiet">Nothing is deployed yet. <Anchor component={Link} to="/functions">Write a function</Anchor> first.</Text>;
  return (
    <>
      <Failure error={deployed.error} />
      {deployed.isPending ? <Text size="sm" className="quiet" role="status">Looking for functions…</Text> : null}
      {deployed.data ? <FunctionLists all={deployed.data} url={url} onChange={onChange} /> : null}
    </>
  );
}

function FunctionLists({ all, url, onChange }: { all: DeployedFunction[]; url: string; onChange: (url: string) => void }) {
  const current = all.find((each) => each.url === url);
  const [chosen, setChosen] = useState<{ service: string | null; environment: string | null }>({ service: null, environment: null });
  const services = unique(all.map((each) => each.service));
  const service = chosen.service ?? current?.service ?? (services.length === 1 ? services[0] : null) ?? null;
  const inService = all.filter((each) => each.service === service);
  const environments = unique(inService.map((each) => each.environment));
  const environment = chosen.environment ?? (current?.service === service ? current?.environment : null) ?? (environments.length === 1 ? environments[0] : null) ?? null;
  const functions = inService.filter((each) => each.environment === environment).map((each) => ({ value: each.url, label: each.path }));
  const gone = url !== '' && !current;
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
        <Select label="Service" placeholder="Choose" data={services} value={service} allowDeselect={false} searchable onChange={(next) => { setChosen({ service: next, environment: null }); onChange(''); }} />
        <Select label="Environment" placeholder="Choose" data={environments} value={environment} allowDeselect={false} disabled={!service} onChange={(next) => { setChosen({ service, environment: next }); onChange(''); }} />
        <Select label="Function" placeholder="Choose" data={functions} value={current && functions.some((each) => each.value === url) ? url : null} allowDeselect={false} disabled={!environment} searchable onChange={(next) => { onChange(next ?? ''); }} />
      </SimpleGrid>
      {url ? <Text size="xs" className={gone ? 'bad wrap' : 'quiet mono cut'} role={gone ? 'alert' : undefined}>{gone ? `No function is live at ${url}` : url}</Text> : null}
    </>
  );
}

export function BinChoice({ url, onChange }: { url: string; onChange: (url: string) => void }) {
  const bins = useBins();
  const current = bins.data?.find((each) => each.url === url) ?? null;
  const fresh = 'new';
  const gone = bins.data !== undefined && url !== '' && current === null;
  return (
    <>
      <Failure error={bins.error} />
      <Select label="TwiML Bin" value={url || fresh} allowDeselect={false} onChange={(chosen) => { onChange(chosen === fresh ? '' : chosen ?? ''); }}
        data={withCurrent([...(bins.data ?? []).map((each) => ({ value: each.url, label: each.friendly_name })), { value: fresh, label: 'A new one, written here' }], url, bins.data !== undefined)} />
      {bins.data && !gone ? <Box pl="md" style={{ borderLeft: '2px solid var(--line)' }}><BinEditor key={current?.sid ?? fresh} bin={current} height="210px" onSaved={(bin) => { onChange(bin.url); }} /></Box> : null}
    </>
  );
}

export function ApplicationChoice({ sid, onChange }: { sid: string; onChange: (sid: string) => void }) {
  const applications = useQuery({ queryKey: ['applications'], queryFn: async ({ signal }) => (await call('api_v2010.ListApplication', { PageSize: 200 }, signal)).applications ?? [] });
  if (applications.data?.length === 0 && !sid) return <Text size="sm" className="quiet">There is none yet. <Anchor component={Link} to="/numbers/applications">Make a TwiML application</Anchor> first.</Text>;
  return (
    <>
      <Failure error={applications.error} />
      <Select label="TwiML application" placeholder="Choose" value={sid || null} allowDeselect={false} onChange={(chosen) => { onChange(chosen ?? ''); }}
        data={withCurrent((applications.data ?? []).map((each) => ({ value: each.sid ?? '', label: each.friendly_name ?? each.sid ?? '' })), sid, applications.data !== undefined)} />
    </>
  );
}

export function FlowChoice({ what, url, onChange }: { what: string; url: string; onChange: (url: string) => void }) {
  const { session } = useSession();
  const flows = useQuery({ queryKey: ['flows'], queryFn: async ({ signal }) => (await call('studio_v2.ListFlow', { PageSize: 200 }, signal)).flows ?? [] });
  const none = flows.data?.length === 0 && !url;
  return (
    <>
      <Failure error={flows.error} />
      {none ? <Text size="sm">There is no Studio flow yet. <Anchor component={Link} to="/explorer?document=studio_v2&operation=CreateFlow">Make one in the API explorer</Anchor> first.</Text> : (
        <Select label="Studio flow" placeholder="Choose" value={url || null} allowDeselect={false} onChange={(chosen) => { onChange(chosen ?? ''); }}
          data={withCurrent((flows.data ?? []).map((each) => ({ value: flowUrl(session.account_sid, each.sid ?? ''), label: each.friendly_name ?? each.sid ?? '' })), url, flows.data !== undefined)} />
      )}
      <Text size="sm" className="quiet">Flows are kept, but not run yet: {what} gets no answer, and the debugger says so.</Text>
    </>
  );
}
