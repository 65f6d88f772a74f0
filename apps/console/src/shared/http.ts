// Every request of the console goes through here: it carries the session's token, and every answer that is no success
// becomes an ApiError with Twilio's code.

export interface Session {
  account_sid: string;
  token: string;
  opened_by_itself: boolean;
  version: string;
  program: string;
}

export class ApiError extends Error {
  constructor(readonly status: number, readonly code: number, message: string, readonly moreInfo: string | null = null) {
    super(message);
    this.name = 'ApiError';
  }
}

let session: Session | null = null;
let onLoggedOut: () => void = () => undefined;

export function currentSession(): Session {
  if (!session) throw new ApiError(401, 20003, 'Log in to the console');
  return session;
}
export function keepSession(next: Session | null): void {
  session = next;
}
export function whenLoggedOut(action: () => void): void {
  onLoggedOut = action;
}

let renewing: Promise<boolean> | null = null;

/** The program was restarted and knows our session no more: on loopback it opens another. False when it asks for a login. */
export function renewSession(): Promise<boolean> {
  renewing ??= sendJson<Session>('GET', '/_console/session').then((next) => {
    if (session && session.account_sid !== next.account_sid) window.location.reload();  // another network altogether
    session = next;
    return true;
  }, (error: unknown) => {
    if (error instanceof ApiError && error.status === 401) onLoggedOut();
    return false;
  }).finally(() => { renewing = null; });
  return renewing;
}

interface Init { body?: BodyInit; type?: string; signal?: AbortSignal }

export async function send(method: string, url: string, init: Init = {}): Promise<Response> {
  const response = await attempt(method, url, init);
  if (response.ok) return response;
  if (response.status === 401 && session && url !== '/_console/session' && await renewSession()) {
    const again = await attempt(method, url, init);
    if (again.ok) return again;
    throw await errorOf(again);
  }
  throw await errorOf(response);
}

async function attempt(method: string, url: string, init: Init): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (session) headers['X-Dialtone-Token'] = session.token;
  if (init.type) headers['Content-Type'] = init.type;
  try {
    return await fetch(url, { method, headers, body: init.body ?? null, signal: init.signal ?? null, credentials: 'same-origin' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 0, 'Dialtone does not answer. Is the program still running?');
  }
}

export async function sendJson<T>(method: string, url: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const response = await send(method, url, {
    ...(body === undefined ? {} : { body: JSON.stringify(body), type: 'application/json' }),
    ...(signal ? { signal } : {}),
  });
  return (response.status === 204 ? null : await response.json()) as T;
}

async function errorOf(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    const parsed: unknown = JSON.parse(text);
    if (isRecord(parsed)) {
      return new ApiError(response.status, typeof parsed['code'] === 'number' ? parsed['code'] : 0,
        typeof parsed['message'] === 'string' ? parsed['message'] : response.statusText,
        typeof parsed['more_info'] === 'string' ? parsed['more_info'] : null);
    }
  } catch { /* not JSON */ }
  return new ApiError(response.status, 0, text.slice(0, 300) || response.statusText || `The server answered ${response.status}`);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
