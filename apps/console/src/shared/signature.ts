// X-Twilio-Signature as Twilio computes it: HMAC-SHA1 over the URL and the form's parameters, sorted.

import { ApiError } from './http';

/** The text that is signed. The same name and value twice counts once. */
export function signedText(url: string, params: readonly (readonly [string, string])[]): string {
  const encoder = new TextEncoder();
  const pairs = [...new Set(params.map(([name, value]) => JSON.stringify([name, value])))].map((each) => JSON.parse(each) as [string, string])
    .map(([name, value]) => ({ name: encoder.encode(name), value: encoder.encode(value), text: name + value }));
  return url + pairs.sort((a, b) => compare(a.name, b.name) || compare(a.value, b.value)).map((each) => each.text).join('');
}

function compare(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; ++i) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export async function sign(authToken: string, url: string, params: readonly (readonly [string, string])[]): Promise<string> {
  // Browsers have it on loopback and over https only.
  if (!('subtle' in crypto)) throw new ApiError(0, 0, 'This browser signs requests only on pages that come over https or from this machine. Open the console with https.');
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey('raw', encoder.encode(authToken), { name: 'HMAC', hash: 'SHA-1' }, false, ['sign']);
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(signedText(url, params))));
  return btoa(String.fromCharCode(...mac));
}
