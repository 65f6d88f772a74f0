import { Button, Group, Select, Tabs, Text } from '@mantine/core';
import { IconFunction, IconRocket } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useBlocker, useParams, useSearchParams } from 'react-router';
import { call } from '../../shared/twilio';
import { Copy, Empty, Failure, Page, Panel, tellDone, Waiting } from '../../shared/ui';
import { deployAll, type Step } from './deploy';
import { FileTree } from './file_tree';
import { FunctionEditor } from './function_editor';
import classes from './functions.module.css';
import { LogsPanel } from './logs_panel';
import { RequestPanel } from './request_panel';
import { chosenDependencies, type Dependency, type Environment, type SourceFile, upload, useEnvironments, useFiles, useService } from './service_api';
import { BuildsPanel, DependenciesPanel, VariablesPanel } from './settings_panel';

export function EditorPage() {
  const { sid = '' } = useParams();
  const service = useService(sid);
  const environments = useEnvironments(sid);
  const files = useFiles(sid);
  const [params, setParams] = useSearchParams();
  const environment = environments.data?.find((each) => each.sid === params.get('env')) ?? environments.data?.[0];
  const failed = service.error ?? environments.error ?? files.error;
  if (failed) return <Page title="Functions & Assets"><Failure error={failed} onRetry={() => { void service.refetch(); void environments.refetch(); void files.refetch(); }} /></Page>;
  if (!service.data || !environments.data || !files.data) return <Waiting />;
  if (!environment) return <Page title={service.data.friendly_name ?? ''}><MakeEnvironment serviceSid={sid} /></Page>;
  return <Editor key={sid} serviceSid={sid} name={service.data.friendly_name ?? ''} environments={environments.data} environment={environment} files={files.data}
    onEnvironment={(env) => { setParams((before) => { before.set('env', env); return before; }, { replace: true }); }} />;
}

function MakeEnvironment({ serviceSid }: { serviceSid: string }) {
  const client = useQueryClient();
  const make = useMutation({ mutationFn: () => call('serverless_v1.CreateEnvironment', { ServiceSid: serviceSid, UniqueName: 'dev', DomainSuffix: 'dev' }), onSuccess: () => client.invalidateQueries({ queryKey: ['environments', serviceSid] }) });
  return <Panel><Failure error={make.error} /><Empty icon={<IconFunction size={38} stroke={1.4} />} title="The service has no environment" action={<Button loading={make.isPending} onClick={() => { make.mutate(); }}>Make one named dev</Button>}>An environment is where a build is live.</Empty></Panel>;
}

interface Props { serviceSid: string; name: string; environments: Environment[]; environment: Environment; files: SourceFile[]; onEnvironment: (sid: string) => void }

function Editor({ serviceSid, name, environments, environment, files, onEnvironment }: Props) {
  const client = useQueryClient();
  const [params, setParams] = useSearchParams();
  const [drafts, setDrafts] = useState<Record<string, string>>({});
  const [chosen, setChosen] = useState<Dependency[] | null>(null);
  const [step, setStep] = useState<Step | null>(null);
  const build = useQuery({ queryKey: ['build', environment.build_sid], enabled: Boolean(environment.build_sid), queryFn: ({ signal }) => call('serverless_v1.FetchBuild', { ServiceSid: serviceSid, Sid: environment.build_sid ?? '' }, signal) });
  const dependencies = chosen ?? chosenDependencies(build.data);
  const current = files.find((each) => each.sid === params.get('file')) ?? files[0];
  const open = (file: string) => { setParams((before) => { before.set('file', file); return before; }, { replace: true }); };
  const dirty = new Set(Object.keys(drafts));
  const domain = environment.domain_name ?? '';
  const unsaved = dirty.size > 0;
  useEffect(() => {
    if (!unsaved) return undefined;
    const ask = (event: BeforeUnloadEvent) => { event.preventDefault(); };
    window.addEventListener('beforeunload', ask);
    return () => { window.removeEventListener('beforeunload', ask); };
  }, [unsaved]);
  useBlocker(({ currentLocation, nextLocation }) => unsaved && currentLocation.pathname !== nextLocation.pathname && !window.confirm('Some files are not saved. Leave them?'));
  const deploy = useMutation({
    mutationFn: async () => {
      // What is deployed is what is seen: drafts are saved first.
      let latest = files;
      for (const [file, text] of Object.entries(drafts)) {
        const source = files.find((each) => each.sid === file);
        if (!source) continue;
        const version = await upload(serviceSid, source, new Blob([text], { type: 'application/javascript' }));
        client.setQueryData(['content', version], text);
        latest = latest.map((each) => (each.sid === file ? { ...each, version } : each));
      }
      client.setQueryData(['files', serviceSid], latest);
      setDrafts({});
      return await deployAll(serviceSid, environment.sid ?? '', latest, dependencies, setStep);
    },
    onSuccess: () => {
      tellDone(`Live at ${domain}`);
      setChosen(null);
    },
    onSettled: () => {
      setStep(null);
      for (const key of ['environments', 'builds']) void client.invalidateQueries({ queryKey: [key, serviceSid] });
      void client.invalidateQueries({ queryKey: ['deployed-functions'] });
    },
  });
  const url = current ? `https://${domain}${current.path}` : '';
  return (
    <Page title={name} wide note={<Group gap={4} wrap="nowrap"><span className="mono cut">{url || domain}</span><Copy value={url || domain} label="Copy the URL" /></Group>}
      actions={<>
        <Select aria-label="Environment" w={190} data={environments.map((each) => ({ value: each.sid ?? '', label: each.unique_name ?? '' }))} value={environment.sid} allowDeselect={false} onChange={(env) => { if (env) onEnvironment(env); }} />
        <Button leftSection={<IconRocket size={17} />} loading={deploy.isPending} disabled={files.length === 0} onClick={() => { deploy.mutate(); }}>Deploy all</Button>
      </>}>
      {step ? <Text size="sm" role="status">{step === 'building' ? 'Building: packages are installed, sources put together…' : 'Deploying…'}</Text> : null}
      <Failure error={deploy.error} />
      <div className={classes['editor']}>
        <Panel padded={false}><FileTree serviceSid={serviceSid} files={files} current={current?.sid ?? null} dirty={dirty} onOpen={open} /></Panel>
        {current ? (
          <FunctionEditor key={current.sid} serviceSid={serviceSid} file={current} draft={drafts[current.sid]} onGone={() => { open(''); }}
            onDraft={(text) => { setDrafts((before) => { const { [current.sid]: _, ...rest } = before; return text === undefined ? rest : { ...rest, [current.sid]: text }; }); }} />
        ) : <Panel><Empty icon={<IconFunction size={38} stroke={1.4} />} title="Nothing here yet">Make the first function with the plus on the left. It comes with code that answers a message.</Empty></Panel>}
        <div className={classes['side']}>
          <Panel padded={false}>
            <Tabs defaultValue="logs" keepMounted={false}>
              <Tabs.List px="xs">
                <Tabs.Tab value="logs" px={10}>Logs</Tabs.Tab><Tabs.Tab value="call" px={10}>Call</Tabs.Tab><Tabs.Tab value="variables" px={10}>Variables</Tabs.Tab><Tabs.Tab value="packages" px={10}>Packages</Tabs.Tab><Tabs.Tab value="builds" px={10}>Builds</Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value="logs"><LogsPanel serviceSid={serviceSid} environmentSid={environment.sid ?? ''} /></Tabs.Panel>
              <Tabs.Panel value="call" p="md"><RequestPanel key={current?.sid} domain={domain} path={current?.path ?? '/'} visibility={current?.visibility ?? 'public'} /></Tabs.Panel>
              <Tabs.Panel value="variables" p="md"><VariablesPanel serviceSid={serviceSid} environmentSid={environment.sid ?? ''} /></Tabs.Panel>
              <Tabs.Panel value="packages" p="md"><DependenciesPanel dependencies={dependencies} onChange={setChosen} /></Tabs.Panel>
              <Tabs.Panel value="builds" p="md"><BuildsPanel serviceSid={serviceSid} environment={environment} /></Tabs.Panel>
            </Tabs>
          </Panel>
        </div>
      </div>
    </Page>
  );
}
