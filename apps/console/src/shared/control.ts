// Calls of Dialtone's own API, /_dialtone/v1, typed by the description that the program serves.

import type { ControlOperations } from '../api/control';
import { send } from './http';

export type ControlName = keyof ControlOperations;
export type ControlAnswer<K extends ControlName> = ControlOperations[K]['answer'];
type Asked<K extends ControlName> = ControlOperations[K]['asked'] & { signal?: AbortSignal };
type Arguments<K extends ControlName> = object extends ControlOperations[K]['asked'] ? [asked?: Asked<K>] : [asked: Asked<K>];
type Values = Record<string, string | number | undefined>;
interface Loose { path?: Values; query?: Values; body?: object; signal?: AbortSignal }

const prefix = '/_dialtone/v1';

export function controlUrl(path: string, values: Values = {}, query: Values = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name] ?? '')));
  const left = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') left.set(name, String(value));
  return `${prefix}${filled}${left.size === 0 ? '' : `?${left.toString()}`}`;
}

/** `control('GET /bins/{sid}', { path: { sid } })`. What is undefined or empty in `query` is left out. */
export async function control<K extends ControlName>(name: K, ...[given]: Arguments<K>): Promise<ControlAnswer<K>> {
  const asked: Loose = given ?? {};
  const [method = 'GET', path = ''] = name.split(' ');
  const body = asked.body === undefined ? {} : asked.body instanceof FormData ? { body: asked.body } : { body: JSON.stringify(asked.body), type: 'application/json' };
  const response = await send(method, controlUrl(path, asked.path, asked.query), { ...body, ...(asked.signal ? { signal: asked.signal } : {}) });
  return (response.status === 204 ? null : await response.json()) as ControlAnswer<K>;
}
