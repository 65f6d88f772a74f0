// Every function that is live: what a number can be pointed at.

import { useQuery } from '@tanstack/react-query';
import { call } from '../../shared/twilio';

export interface DeployedFunction { service: string; environment: string; path: string; url: string }

export async function listDeployed(signal?: AbortSignal): Promise<DeployedFunction[]> {
  const services = (await call('serverless_v1.ListService', { PageSize: 100 }, signal)).services ?? [];
  const found = await Promise.all(services.map(async (service) => {
    const environments = (await call('serverless_v1.ListEnvironment', { ServiceSid: service.sid ?? '', PageSize: 50 }, signal)).environments ?? [];
    return await Promise.all(environments.filter((each) => each.build_sid).map(async (environment): Promise<DeployedFunction[]> => {
      const build = await call('serverless_v1.FetchBuild', { ServiceSid: service.sid ?? '', Sid: environment.build_sid ?? '' }, signal);
      return (build.function_versions ?? []).flatMap((version) => {
        const path = (version as { path?: unknown; visibility?: unknown } | null)?.path;
        if (typeof path !== 'string') return [];
        return [{ service: service.friendly_name ?? '', environment: environment.unique_name ?? '', path, url: `https://${environment.domain_name ?? ''}${path}` }];
      });
    }));
  }));
  return found.flat(2);
}

export function useDeployedFunctions() {
  return useQuery({ queryKey: ['deployed-functions'], queryFn: ({ signal }) => listDeployed(signal) });
}
