// What a message takes along: files of the person's, or addresses that the phone fetches.

import type { ControlOperations } from '../../api/control';

export type Attachment = { kind: 'file'; file: File } | { kind: 'address'; url: string };
type Body = ControlOperations['POST /handsets/{number}/messages']['asked']['body'];

/** As a phone of today takes them. */
export const attachmentsMax = 10;
/** More than any network carries; what is less is judged by the network itself. */
export const bytesMax = 16_000_000;

/** Those that fit, and why others do not. */
export function withFiles(before: readonly Attachment[], files: readonly File[]): { attachments: Attachment[]; problem: string | null } {
  const attachments = [...before];
  let bytes = before.reduce((sum, each) => sum + (each.kind === 'file' ? each.file.size : 0), 0);
  for (const file of files) {
    if (attachments.length >= attachmentsMax) return { attachments, problem: `A message takes ${attachmentsMax} pictures at most.` };
    bytes += file.size;
    if (bytes > bytesMax) return { attachments, problem: `${file.name} is too large: a message takes 5 MB of pictures.` };
    attachments.push({ kind: 'file', file });
  }
  return { attachments, problem: null };
}

export function filesOf(data: DataTransfer | null): File[] {
  return data ? [...data.files] : [];
}

/** JSON as long as it does, else a form with the files. */
export function bodyOf(to: string, text: string, attachments: readonly Attachment[]): Body {
  const urls = attachments.flatMap((each) => (each.kind === 'address' ? [each.url] : []));
  const files = attachments.flatMap((each) => (each.kind === 'file' ? [each.file] : []));
  if (files.length === 0) return { to, body: text, ...(urls.length > 0 ? { media_urls: urls } : {}) };
  const form = new FormData();
  form.set('to', to);
  form.set('body', text);
  for (const url of urls) form.append('media_urls', url);
  for (const file of files) form.append('media', file, file.name || 'picture');
  return form;
}
