import { useQuery } from '@tanstack/react-query';
import type { Bin } from '../../api/control';
import { control } from '../../shared/control';

export const firstTwiml = `<?xml version="1.0" encoding="UTF-8"?>
<Response>
  <Message>Hello {{From}}, you wrote: {{Body}}</Message>
</Response>
`;

export function useBins() {
  return useQuery({ queryKey: ['bins'], queryFn: async ({ signal }) => (await control('GET /bins', { signal })).bins });
}

export async function examine(text: string): Promise<{ line: number; error: boolean; text: string }[]> {
  const { findings } = await control('POST /bins/validate', { body: { twiml: text } });
  return findings.map((each) => ({ line: each.line, error: each.level === 'error', text: each.text }));
}

export function saveBin(sid: string | null, name: string, twiml: string): Promise<Bin> {
  const body = { friendly_name: name, twiml };
  return sid ? control('POST /bins/{sid}', { path: { sid }, body }) : control('POST /bins', { body });
}
