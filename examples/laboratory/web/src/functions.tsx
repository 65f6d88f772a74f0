import { useCallback, useEffect, useState } from 'react';
import { api, type Build, type Deployment, type Environment, type FunctionResource, type Service, type Settings, type Version } from './api';
import { Experience, ProblemNote, Step, useAction } from './parts';

export const scripts = [
  { name: 'json-answer', title: 'A JSON answer', path: '/json', point: '' },
  { name: 'text-answer', title: 'An answer to a message', path: '/text', point: 'messages' },
  { name: 'call-answer', title: 'An answer to a call', path: '/call', point: 'calls' },
] as const;

const kAskAgainMs = 1000;

/** Where a browser reaches a function. A local network has it under its own name of this machine. */
export function addressOf(settings: Settings, domain: string, path: string) {
  if (settings.dialtone === '') return `https://${domain}${path}`;
  const local = new URL(settings.dialtone);
  return `${local.protocol}//${domain.replace(/\.twil\.io$/, '')}.localhost:${local.port}${path}`;
}

export function Functions({ settings, deployed }: { settings: Settings; deployed: (script: string, url: string) => void }) {
  const [script, setScript] = useState<string>(scripts[0].name);
  const [services, setServices] = useState<Service[]>([]);
  const [service, setService] = useState<Service>();
  const [environment, setEnvironment] = useState<Environment>();
  const [made, setMade] = useState<FunctionResource>();
  const [version, setVersion] = useState<Version>();
  const [build, setBuild] = useState<Build>();
  const [deployment, setDeployment] = useState<Deployment>();
  const [pointed, setPointed] = useState(false);
  const chosen = scripts.find((each) => each.name === script) ?? scripts[0];
  const url = environment ? `https://${environment.domain_name}${chosen.path}` : '';

  const list = useAction(useCallback(async () => { setServices(await api.services()); }, []));
  useEffect(() => { void list.run(); }, [list.run]);

  const restart = (from: 'service' | 'function') => {
    if (from === 'service') setEnvironment(undefined);
    setMade(undefined); setVersion(undefined); setBuild(undefined); setDeployment(undefined); setPointed(false);
  };
  const createService = useAction(useCallback(async () => {
    const created = await api.createService();
    setService(created);
    restart('service');
    setServices((before) => [...before, created]);
  }, []));
  const removeService = useAction(useCallback(async (sid: string) => {
    await api.deleteService(sid);
    setServices((before) => before.filter((each) => each.sid !== sid));
    if (service?.sid === sid) { setService(undefined); restart('service'); }
  }, [service]));
  const createEnvironment = useAction(useCallback(async () => { setEnvironment(await api.createEnvironment(service!.sid)); }, [service]));
  const createFunction = useAction(useCallback(async () => { setMade(await api.createFunction(service!.sid, script)); }, [service, script]));
  const upload = useAction(useCallback(async () => { setVersion(await api.upload(service!.sid, made!.sid, script)); }, [service, made, script]));
  const createBuild = useAction(useCallback(async () => { setBuild(await api.createBuild(service!.sid, [version!.sid])); }, [service, version]));
  const deploy = useAction(useCallback(async () => {
    setDeployment(await api.deploy(service!.sid, environment!.sid, build!.sid));
    deployed(script, url);
  }, [service, environment, build, script, url, deployed]));
  const point = useAction(useCallback(async () => { await api.point(script, url); setPointed(true); }, [script, url]));

  // A build takes a while: ask until it is over.
  const [askAgain, setAskAgain] = useState(0);
  const ask = useAction(useCallback(async () => {
    const found = (await api.builds(service!.sid)).find((each) => each.sid === build!.sid);
    if (found) setBuild(found);
  }, [service, build]));
  useEffect(() => {
    if (!build || build.status === 'completed' || build.status === 'failed') return;
    const timer = setTimeout(() => { void ask.run().then(() => setAskAgain((n) => n + 1)); }, kAskAgainMs);
    return () => clearTimeout(timer);
  }, [build, askAgain, ask.run]);

  return (
    <Experience id="two" title="2. A function in the cloud" lead="Code of yours that Twilio runs when it is asked. Six steps bring it there; each makes what the next one needs.">
      <ol className="steps">
        <Step number={1} title="A service" why="The home of everything that follows." done={service ? <>Service <code>{service.sid}</code>, {service.unique_name}</> : null}>
          <button disabled={createService.busy} onClick={() => void createService.run()}>Create a service</button>
          {services.length > 0 ? (
            <label>or go on with
              <select value={service?.sid ?? ''} onChange={(event) => { setService(services.find((each) => each.sid === event.target.value)); restart('service'); }}>
                <option value="">…</option>
                {services.map((each) => <option key={each.sid} value={each.sid}>{each.unique_name}</option>)}
              </select>
            </label>
          ) : null}
          {service ? <button className="quiet" disabled={removeService.busy} onClick={() => void removeService.run(service.sid)}>Delete it</button> : null}
          <ProblemNote problem={createService.problem ?? removeService.problem ?? list.problem} />
        </Step>
        <Step number={2} title="An environment" why="Where a build runs, with a domain of its own." done={environment ? <>Environment <code>{environment.sid}</code> at {environment.domain_name}</> : null}>
          <button disabled={!service || environment !== undefined || createEnvironment.busy} onClick={() => void createEnvironment.run()}>Create the environment</button>
          <ProblemNote problem={createEnvironment.problem} />
        </Step>
        <Step number={3} title="A function" why="A name for code, with no code yet." done={made ? <>Function <code>{made.sid}</code></> : null}>
          <label>Script
            <select value={script} onChange={(event) => { setScript(event.target.value); restart('function'); }}>
              {scripts.map((each) => <option key={each.name} value={each.name}>{each.title}</option>)}
            </select>
          </label>
          <button disabled={!service || made !== undefined || createFunction.busy} onClick={() => void createFunction.run()}>Create the function</button>
          <ProblemNote problem={createFunction.problem} />
        </Step>
        <Step number={4} title="A version" why="The script itself goes to the upload host, as a file with its path." done={version ? <>Version <code>{version.sid}</code> at {version.path}</> : null}>
          <button disabled={!made || version !== undefined || upload.busy} onClick={() => void upload.run()}>Upload the script</button>
          <ProblemNote problem={upload.problem} />
        </Step>
        <Step number={5} title="A build" why="Versions and their dependencies, packed together. It takes a while." done={build ? <>Build <code>{build.sid}</code>: {build.status}</> : null}>
          <button disabled={!version || build !== undefined || createBuild.busy} onClick={() => void createBuild.run()}>Build</button>
          {build && build.status !== 'completed' && build.status !== 'failed' ? <progress aria-label="The build is under way" /> : null}
          <ProblemNote problem={createBuild.problem ?? ask.problem} />
        </Step>
        <Step number={6} title="A deployment" why="From now on the environment answers with this build." done={deployment && environment ? (
          <>Deployed: <a href={addressOf(settings, environment.domain_name, chosen.path)} target="_blank" rel="noreferrer">{url}</a></>
        ) : null}>
          <button disabled={build?.status !== 'completed' || !environment || deployment !== undefined || deploy.busy} onClick={() => void deploy.run()}>Deploy</button>
          {deployment && chosen.point !== '' ? (
            <button disabled={point.busy || pointed} onClick={() => void point.run()}>
              {pointed ? `${settings.number} uses it for ${chosen.point}` : `Let it answer the ${chosen.point} of ${settings.number}`}
            </button>
          ) : null}
          <ProblemNote problem={deploy.problem ?? point.problem} />
        </Step>
      </ol>
    </Experience>
  );
}
