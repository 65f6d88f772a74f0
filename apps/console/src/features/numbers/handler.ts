// What happens when a message or a call comes in, as a person chooses it, and as the API keeps it: an address with its
// method and fallback, or an application.

export const kinds = ['none', 'webhook', 'function', 'bin', 'application', 'flow'] as const;
export type HandlerKind = (typeof kinds)[number];

export interface Handler { kind: HandlerKind; url: string; method: string; fallbackUrl: string; fallbackMethod: string; applicationSid: string }

export const kindNames: Record<HandlerKind, string> = {
  none: 'Nothing', webhook: 'Webhook', function: 'Function', bin: 'TwiML Bin', application: 'TwiML application', flow: 'Studio flow',
};

/** What an address belongs to. */
export function kindOf(url: string, applicationSid: string): HandlerKind {
  if (applicationSid) return 'application';
  if (!url) return 'none';
  if (/^https:\/\/handler\.twilio\.com\/twiml\/EH/.test(url)) return 'bin';
  if (/^https:\/\/webhooks\.twilio\.com\/.*\/Flows\/FW/.test(url)) return 'flow';
  if (/^https:\/\/[a-z0-9-]+\.twil\.io(\/|$)/.test(url)) return 'function';
  return 'webhook';
}

interface Stored { url: string | null; method: string | null; fallbackUrl: string | null; fallbackMethod: string | null; applicationSid: string | null }

export function handlerOf(stored: Stored): Handler {
  return {
    kind: kindOf(stored.url ?? '', stored.applicationSid ?? ''), url: stored.url ?? '', method: stored.method ?? 'POST',
    fallbackUrl: stored.fallbackUrl ?? '', fallbackMethod: stored.fallbackMethod ?? 'POST', applicationSid: stored.applicationSid ?? '',
  };
}

/** What is stored of a choice: what does not belong to its kind is emptied. */
export function storedOf(handler: Handler): { url: string; method: string; fallbackUrl: string; fallbackMethod: string; applicationSid: string } {
  const { kind, url, method, fallbackUrl, fallbackMethod, applicationSid } = handler;
  const addressed = kind !== 'none' && kind !== 'application';
  return {
    url: addressed ? url.trim() : '', method, fallbackUrl: addressed ? fallbackUrl.trim() : '', fallbackMethod,
    applicationSid: kind === 'application' ? applicationSid : '',
  };
}

/** What is still to be chosen, in words; nothing when the choice is whole. */
export function missingOf(handler: Handler, what: string): string | null {
  const { kind, url, applicationSid } = handler;
  if (kind === 'none') return null;
  if (kind === 'application') return applicationSid ? null : `Choose the TwiML application that ${what} is for`;
  if (url.trim()) return null;
  const missing: Record<'webhook' | 'function' | 'bin' | 'flow', string> = {
    webhook: `Enter the URL that is asked when ${what} comes in`, function: `Choose the function that ${what} is for`,
    bin: `Make or choose the TwiML Bin that ${what} is answered with`, flow: `Choose the Studio flow that ${what} is for`,
  };
  return missing[kind];
}

/** Refuses to save half a choice: it would be kept as none at all. */
export function requireWhole(...choices: [handler: Handler, what: string][]): void {
  for (const [handler, what] of choices) {
    const missing = missingOf(handler, what);
    if (missing) throw new Error(missing);
  }
}

export function flowUrl(accountSid: string, flowSid: string): string {
  return `https://webhooks.twilio.com/v1/Accounts/${accountSid}/Flows/${flowSid}`;
}

/** One line for a list. */
export function summaryOf(handler: Handler): string {
  switch (handler.kind) {
    case 'none': return 'Nothing';
    case 'application': return 'TwiML application';
    case 'bin': return 'TwiML Bin';
    case 'flow': return 'Studio flow';
    default: return handler.url;
  }
}
