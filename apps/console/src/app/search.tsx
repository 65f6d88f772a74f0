// Search in the header: any SID, number, name or text leads to its page. `/` or Ctrl+K gets there.

import { Combobox, Group, Loader, Text, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue, useHotkeys } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import type { SearchResult } from '../api/control';
import { control } from '../shared/control';
import { navigation } from './navigation';

/** What was found: something of the account's, or a page of the console. */
export type Result = SearchResult | { kind: 'page'; sid: string; title: string; detail: string };

const kinds: Record<Result['kind'], { name: string; to: (sid: string) => string }> = {
  message: { name: 'Message', to: (sid) => `/logs/messages/${sid}` },
  call: { name: 'Call', to: (sid) => `/logs/calls/${sid}` },
  alert: { name: 'Alert', to: (sid) => `/debugger/${sid}` },
  number: { name: 'Number', to: (sid) => `/numbers/${sid}` },
  short_code: { name: 'Short code', to: (sid) => `/numbers/short-codes?open=${sid}` },
  caller_id: { name: 'Caller ID', to: () => '/numbers/verified' },
  account: { name: 'Account', to: () => '/' },
  application: { name: 'Application', to: (sid) => `/numbers/applications?open=${sid}` },
  messaging_service: { name: 'Service', to: (sid) => `/services/${sid}` },
  function_service: { name: 'Functions', to: (sid) => `/functions/${sid}` },
  bin: { name: 'TwiML Bin', to: (sid) => `/bins/${sid}` },
  handset: { name: 'Handset', to: (number) => `/handsets?open=${encodeURIComponent(number)}` },
  page: { name: 'Page', to: (to) => to },
};

export function targetOf(result: Result): string {
  return kinds[result.kind].to(result.sid);
}

function pagesLike(text: string): Result[] {
  if (!text) return [];
  return navigation.flatMap((group) => group.links).filter((link) => link.label.toLowerCase().includes(text.toLowerCase()))
    .map((link) => ({ kind: 'page', sid: link.to, title: link.label, detail: '' }));
}

export function Search() {
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [settled] = useDebouncedValue(text.trim(), 200);
  const field = useRef<HTMLInputElement>(null);
  const combobox = useCombobox({ onDropdownClose: () => { combobox.resetSelectedOption(); } });
  useHotkeys([['mod+K', () => { field.current?.focus(); }], ['/', () => { field.current?.focus(); }]]);
  const found = useQuery({
    queryKey: ['search', settled], enabled: settled.length >= 2, gcTime: 10_000,
    queryFn: async ({ signal }) => (await control('GET /search', { query: { q: settled }, signal })).results,
  });
  const results = [...(found.data ?? []), ...pagesLike(settled)];
  const choose = (value: string) => {
    const result = results[Number(value)];
    if (!result) return;
    setText('');
    combobox.closeDropdown();
    field.current?.blur();
    void navigate(targetOf(result));
  };
  return (
    <Combobox store={combobox} onOptionSubmit={choose} width={420} position="bottom" withinPortal>
      <Combobox.Target>
        <TextInput ref={field} value={text} placeholder="Search" aria-label="Search SIDs, numbers and texts" size="sm" radius="md" w={{ base: '100%', sm: 300 }} leftSection={<IconSearch size={15} />} rightSection={found.isFetching ? <Loader size={14} /> : <Text size="xs" className="quiet" visibleFrom="sm" aria-hidden>/</Text>}
          onChange={(event) => {
            setText(event.currentTarget.value);
            combobox.openDropdown();
            combobox.selectFirstOption();
          }}
          onFocus={() => { if (text) combobox.openDropdown(); }} onBlur={() => { combobox.closeDropdown(); }} />
      </Combobox.Target>
      <Combobox.Dropdown hidden={settled.length < 2 || (found.isPending && results.length === 0)}>
        <Combobox.Options mah={420} style={{ overflowY: 'auto' }} aria-label="Found">
          {results.map((result, index) => (
            <Combobox.Option key={`${result.kind} ${result.sid} ${index}`} value={String(index)}>
              <Group gap="sm" wrap="nowrap">
                <Text size="xs" className="quiet" w={68} style={{ flex: 'none' }}>{kinds[result.kind].name}</Text>
                <div style={{ minWidth: 0 }}><Text size="sm" className="cut">{result.title}</Text>{result.detail ? <Text size="xs" className="quiet cut">{result.detail}</Text> : null}</div>
              </Group>
            </Combobox.Option>
          ))}
          {results.length === 0 && found.isSuccess ? <Combobox.Empty>Nothing is like that</Combobox.Empty> : null}
          {found.error ? <Combobox.Empty>{found.error.message}</Combobox.Empty> : null}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
