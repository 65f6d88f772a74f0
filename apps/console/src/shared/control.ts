// Dialtone's own API, /_dialtone/v1: what the console uses of it and the shapes of its answers.

import { sendJson } from './http';

export interface Handset { number: string; name: string; date_created: string }
export interface HandsetMessage {
  sid: string; direction: 'inbound' | 'outbound'; from: string; to: string; body: string; media_urls?: string[]; date: string;
}
export interface JournalEvent { position: number; at: string; kind: string; account: string; subject: string; data: Record<string, unknown> }
export type HeaderPairs = [string, string][];
export interface Hop {
  request: { method: string; url: string; headers: HeaderPairs; body: string };
  response: { status: number; headers: HeaderPairs; body: string; truncated: boolean };
  kept_connection: boolean;
  timing: { started_at: string; dns_us: number; connect_us: number; tls_us: number; first_byte_us: number; total_us: number };
}
export interface Exchange {
  sid: string; subject: string; purpose: string; date_created: string; ok: boolean;
  error_code: number | null; error_message: string | null; hops: Hop[];
}
export interface Alert {
  sid: string; error_code: string; log_level: string; alert_text: string; date_created: string; more_info: string;
  request_method: string | null; request_url: string | null; resource_sid: string | null;
  dialtone: { message: string; explanation: string; exchange_sid: string | null; exchange?: Exchange | null };
}
export interface ClockState { time: string; frozen: boolean; next_timer: string | null }

export function control<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  return sendJson<T>(method, `/_dialtone/v1${path}`, body, signal);
}

export function query(values: Record<string, string | number | null | undefined>): string {
  const out = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== null && value !== undefined && value !== '') out.set(name, String(value));
  return out.size === 0 ? '' : `?${out.toString()}`;
}
