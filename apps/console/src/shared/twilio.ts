// Calls of Twilio's REST API, typed by the catalogue.

import { type Operations, routes } from '../api/generated';
import { currentSession, send } from './http';

export type Params<K extends keyof Operations> = Operations[K]['params'];
export type Answer<K extends keyof Operations> = Operations[K]['answer'];

type Value = string | number | boolean | null | undefined | readonly unknown[] | object;

/** The request that an operation with these parameters is: what is left over after the path goes into query or form. */
export function requestOf(method: string, host: string, path: string, params: object, accountSid: string):
  { method: string; url: string; form: URLSearchParams | null } {
  const left = new URLSearchParams();
  const values = new Map<string, Value>([['AccountSid', accountSid], ...Object.entries(params) as [string, Value][]]);
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values.get(name);
    values.delete(name);
    return encodeURIComponent(String(value ?? ''));
  });
  if (!path.includes('{AccountSid}')) values.delete('AccountSid');
  if (!('AccountSid' in params)) values.delete('AccountSid');
  for (const [name, value] of values) {
    if (value === undefined || value === null) continue;
    if (Array.isArray(value)) for (const each of value as unknown[]) left.append(name, String(each));
    else left.append(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  const query = method === 'POST' || left.size === 0 ? '' : `?${left.toString()}`;
  return { method, url: `/_console/api/${host}${filled}${query}`, form: method === 'POST' ? left : null };
}

export async function call<K extends keyof Operations>(name: K, params: Params<K>, signal?: AbortSignal): Promise<Answer<K>> {
  const [method, host, path] = routes[name];
  const { url, form } = requestOf(method, host, path, params, currentSession().account_sid);
  const response = await send(method, url, {
    ...(form ? { body: form.toString(), type: 'application/x-www-form-urlencoded' } : {}),
    ...(signal ? { signal } : {}),
  });
  return (response.status === 204 ? null : await response.json()) as Answer<K>;
}

/** The next page of a list: the address that the answer before gave. */
export async function nextPage<T>(host: string, uri: string, signal?: AbortSignal): Promise<T> {
  const url = `/_console/api/${host}${uri.replace(/^https:\/\/[^/]+/, '')}`;
  return await (await send('GET', url, signal ? { signal } : {})).json() as T;
}
