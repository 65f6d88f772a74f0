// What a person has read on each handset, kept in this browser.

import { useCallback, useSyncExternalStore } from 'react';

type Marks = Record<string, Record<string, string>>;

const key = 'dialtone.read';
const listeners = new Set<() => void>();
let marks: Marks = load();

function load(): Marks {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '{}') as Marks;
  } catch {
    return {};
  }
}

const none: Record<string, string> = {};

export function useReadMarks(number: string): [Record<string, string>, (peer: string, sid: string) => void] {
  const current = useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => { listeners.delete(listener); };
  }, () => marks[number] ?? none);
  const mark = useCallback((peer: string, sid: string) => {
    if ((marks[number]?.[peer] ?? '').slice(2) >= sid.slice(2)) return;
    marks = { ...marks, [number]: { ...marks[number], [peer]: sid } };
    localStorage.setItem(key, JSON.stringify(marks));
    for (const listener of listeners) listener();
  }, [number]);
  return [current, mark];
}
