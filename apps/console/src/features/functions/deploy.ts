// Deploying: a build of the newest versions of everything, then a deployment of that build.

import { control } from '../../shared/control';
import { ApiError } from '../../shared/http';
import { call } from '../../shared/twilio';
import type { Dependency, SourceFile } from './service_api';

export type Step = 'building' | 'deploying' | 'done';
const pollEvery = 700;
const pollsMax = 500;

export function buildParams(files: readonly SourceFile[], dependencies: readonly Dependency[]) {
  const versions = (kind: SourceFile['kind']) => files.flatMap((each) => (each.kind === kind && each.version ? [each.version] : []));
  return {
    FunctionVersions: versions('function'), AssetVersions: versions('asset'),
    ...(dependencies.length > 0 ? { Dependencies: JSON.stringify(dependencies) } : {}),
  };
}

/** Why a build failed, as the debugger has it. */
async function failureOf(build: string): Promise<ApiError> {
  const [alert] = (await control('GET /alerts', { query: { resource: build } })).alerts;
  return alert ? new ApiError(0, Number(alert.error_code), `${alert.dialtone.message}\n${alert.dialtone.explanation}`, `/debugger/${alert.sid}`) : new ApiError(0, 0, `The build ${build} failed.`);
}

export async function deployAll(serviceSid: string, environmentSid: string, files: readonly SourceFile[], dependencies: readonly Dependency[], tell: (step: Step, buildSid: string) => void): Promise<string> {
  const build = await call('serverless_v1.CreateBuild', { ServiceSid: serviceSid, ...buildParams(files, dependencies) });
  const sid = build.sid ?? '';
  tell('building', sid);
  let status: string = build.status;
  for (let polls = 0; status === 'building'; ++polls) {
    if (polls >= pollsMax) throw new ApiError(0, 0, `The build ${sid} takes too long`);
    await new Promise((done) => { setTimeout(done, pollEvery); });
    status = (await call('serverless_v1.FetchBuildStatus', { ServiceSid: serviceSid, Sid: sid })).status;
  }
  if (status !== 'completed') throw await failureOf(sid);
  tell('deploying', sid);
  await call('serverless_v1.CreateDeployment', { ServiceSid: serviceSid, EnvironmentSid: environmentSid, BuildSid: sid });
  tell('done', sid);
  return sid;
}
