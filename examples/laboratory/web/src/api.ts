// The API service's routes.

export interface Settings { accountSid: string; number: string; myNumber: string; dialtone: string }
export interface Message { sid: string; status: string; direction: string; from: string; to: string; body: string; date_created: string; num_segments: string; error_code: number | null; error_message: string | null }
export interface Service { sid: string; unique_name: string; friendly_name: string }
export interface Environment { sid: string; unique_name: string; domain_name: string }
export interface FunctionResource { sid: string; friendly_name: string }
export interface Version { sid: string; path: string; visibility: string; function_sid: string }
export interface Build { sid: string; status: string }
export interface Deployment { sid: string; build_sid: string }
export interface Call { sid: string; status: string }

/** An error as the API gave it: with Twilio's code and the page that explains it, where there are such. */
export class Problem extends Error {
  constructor(message: string, readonly status: number, readonly code?: number, readonly moreInfo?: string) {
    super(message);
  }
}

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, body === undefined ? { method } : { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  } catch {
    throw new Problem('The laboratory\'s API does not answer. Is it running?', 0);
  }
  const text = await response.text();
  let answer: unknown;
  try { answer = text === '' ? {} : JSON.parse(text); } catch { answer = { message: text.slice(0, 200) }; }
  if (!response.ok) {
    const { message, code, more_info } = answer as { message?: string; code?: number; more_info?: string };
    throw new Problem(message ?? `Status ${response.status}`, response.status, code, more_info);
  }
  return answer as T;
}

export const api = {
  settings: () => ask<Settings>('GET', '/settings'),
  sendSms: (number: string) => ask<Message>('POST', '/send-sms', { number }),
  createService: () => ask<Service>('POST', '/experience2/service', {}),
  services: () => ask<{ services: Service[] }>('GET', '/experience2/service').then((answer) => answer.services),
  deleteService: (serviceSid: string) => ask<unknown>('DELETE', '/experience2/service', { serviceSid }),
  createEnvironment: (serviceSid: string) => ask<Environment>('POST', '/experience2/environment', { serviceSid }),
  createFunction: (serviceSid: string, script: string) => ask<FunctionResource>('POST', '/experience2/function', { serviceSid, script }),
  upload: (serviceSid: string, functionSid: string, script: string) => ask<Version>('POST', '/experience2/upload', { serviceSid, functionSid, script }),
  createBuild: (serviceSid: string, functionVersions: string[]) => ask<Build>('POST', '/experience2/builds', { serviceSid, functionVersions }),
  builds: (serviceSid: string) => ask<{ builds: Build[] }>('GET', `/experience2/builds/${serviceSid}`).then((answer) => answer.builds),
  deploy: (serviceSid: string, environmentSid: string, buildSid: string) => ask<Deployment>('POST', '/experience2/deploy', { serviceSid, environmentSid, buildSid }),
  point: (script: string, url: string) => ask<unknown>('POST', '/experience2/point', { script, url }),
  history: () => ask<{ messages: Message[] }>('GET', '/experience3/history').then((answer) => answer.messages),
  message: (sid: string) => ask<Message>('GET', `/experience3/history/${sid}`),
  call: (url: string) => ask<Call>('POST', '/experience4/call', { url }),
  callStatus: (sid: string) => ask<Call>('GET', `/experience4/call/${sid}`),
};
