import { useQuery } from '@tanstack/react-query';
import { control } from '../../shared/control';

export interface Bin { sid: string; friendly_name: string; twiml: string; url: string; date_created: string; date_updated: string }
export interface Finding { line: number; level: 'error' | 'warning'; text: string }

export const firstTwiml = `<?xml version="1.0" encoding="UTF-8"?>
<Response>
  <Message>Hello {{From}}, you wrote: {{Body}}</Message>
</Response>
`;

export function useBins() {
  return useQuery({ queryKey: ['bins'], queryFn: async ({ signal }) => (await control<{ bins: Bin[] }>('GET', '/bins', undefined, signal)).bins });
}

export async function examine(text: string): Promise<{ line: number; error: boolean; text: string }[]> {
  const { findings } = await control<{ findings: Finding[] }>('POST', '/bins/validate', { twiml: text });
  return findings.map((each) => ({ line: each.line, error: each.level === 'error', text: each.text }));
}

export function saveBin(sid: string | null, name: string, twiml: string): Promise<Bin> {
  return control<Bin>('POST', sid ? `/bins/${sid}` : '/bins', { friendly_name: name, twiml });
}
