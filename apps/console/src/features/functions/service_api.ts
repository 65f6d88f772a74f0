// One service as the editor needs it: its files with their newest versions, its environments.

import { useQuery } from '@tanstack/react-query';
import { ApiError, currentSession, isRecord, send } from '../../shared/http';
import { type Answer, call } from '../../shared/twilio';

export type Visibility = 'public' | 'protected' | 'private';
export type Service = Answer<'serverless_v1.FetchService'>;
export type Environment = Answer<'serverless_v1.FetchEnvironment'>;
export type Build = Answer<'serverless_v1.FetchBuild'>;
export interface SourceFile { kind: 'function' | 'asset'; sid: string; name: string; version: string | null; path: string; visibility: Visibility }
export interface Dependency { name: string; version: string }

const listMax = 200;

export function useService(sid: string) {
  return useQuery({ queryKey: ['service', sid], queryFn: ({ signal }) => call('serverless_v1.FetchService', { Sid: sid }, signal) });
}

export function useEnvironments(sid: string) {
  return useQuery({ queryKey: ['environments', sid], queryFn: async ({ signal }) => ((await call('serverless_v1.ListEnvironment', { ServiceSid: sid, PageSize: 50 }, signal)).environments ?? []) as Environment[] });
}

function visibilityOf(text: string | null | undefined): Visibility {
  const lower = (text ?? '').toLowerCase();
  return lower === 'protected' || lower === 'private' ? lower : 'public';
}

async function listFiles(serviceSid: string, signal: AbortSignal): Promise<SourceFile[]> {
  const [functions, assets] = await Promise.all([
    call('serverless_v1.ListFunction', { ServiceSid: serviceSid, PageSize: listMax }, signal),
    call('serverless_v1.ListAsset', { ServiceSid: serviceSid, PageSize: listMax }, signal),
  ]);
  const files = [
    ...(functions.functions ?? []).map(async (each): Promise<SourceFile> => {
      const newest = (await call('serverless_v1.ListFunctionVersion', { ServiceSid: serviceSid, FunctionSid: each.sid ?? '', PageSize: 1 }, signal)).function_versions?.[0];
      return { kind: 'function', sid: each.sid ?? '', name: each.friendly_name ?? '', version: newest?.sid ?? null, path: newest?.path ?? `/${each.friendly_name ?? ''}`, visibility: visibilityOf(newest?.visibility) };
    }),
    ...(assets.assets ?? []).map(async (each): Promise<SourceFile> => {
      const newest = (await call('serverless_v1.ListAssetVersion', { ServiceSid: serviceSid, AssetSid: each.sid ?? '', PageSize: 1 }, signal)).asset_versions?.[0];
      return { kind: 'asset', sid: each.sid ?? '', name: each.friendly_name ?? '', version: newest?.sid ?? null, path: newest?.path ?? `/${each.friendly_name ?? ''}`, visibility: visibilityOf(newest?.visibility) };
    }),
  ];
  return (await Promise.all(files)).sort((a, b) => a.path.localeCompare(b.path));
}

export function useFiles(serviceSid: string) {
  return useQuery({ queryKey: ['files', serviceSid], queryFn: ({ signal }) => listFiles(serviceSid, signal), refetchOnWindowFocus: false });
}

export function useContent(serviceSid: string, file: SourceFile | undefined) {
  return useQuery({
    queryKey: ['content', file?.version], enabled: file?.kind === 'function' && file.version !== null, staleTime: Infinity,
    queryFn: async ({ signal }) => (await call('serverless_v1.FetchFunctionVersionContent', { ServiceSid: serviceSid, FunctionSid: file?.sid ?? '', Sid: file?.version ?? '' }, signal)).content ?? '',
  });
}

/** A new version of a function or an asset; answers with its SID. */
export async function upload(serviceSid: string, file: Pick<SourceFile, 'kind' | 'sid' | 'path' | 'visibility'>, content: Blob): Promise<string> {
  const form = new FormData();
  form.set('Path', file.path);
  form.set('Visibility', file.visibility);
  form.set('Content', content, file.path.split('/').at(-1) || 'file');
  currentSession();
  const collection = file.kind === 'function' ? 'Functions' : 'Assets';
  const response = await send('POST', `/_console/api/serverless-upload/v1/Services/${serviceSid}/${collection}/${file.sid}/Versions`, { body: form });
  const made: unknown = await response.json();
  if (!isRecord(made) || typeof made['sid'] !== 'string') throw new ApiError(0, 0, 'The upload was not understood');
  return made['sid'];
}

/** The build's dependencies that a person chose: those that every build has anyway are left out. */
export function chosenDependencies(build: Build | undefined): Dependency[] {
  const all: unknown[] = Array.isArray(build?.dependencies) ? build.dependencies : [];
  return all.flatMap((each) => (isRecord(each) && typeof each['name'] === 'string' && typeof each['version'] === 'string' ? [{ name: each['name'], version: each['version'] }] : []));
}
