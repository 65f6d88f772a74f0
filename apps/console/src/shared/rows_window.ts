// Of many rows of one height only those are made that can be seen. What they cost does not depend on how many there are.

import { type RefObject, useLayoutEffect, useState } from 'react';

const overscan = 12;

export interface RowsWindow { from: number; to: number }

export function windowOf(scrollTop: number, boxHeight: number, rowHeight: number): RowsWindow {
  return { from: Math.max(0, Math.floor(scrollTop / rowHeight) - overscan), to: Math.ceil((scrollTop + boxHeight) / rowHeight) + overscan };
}

/** The rows, from and up to but without, that are in sight in a box that scrolls. */
export function useRowsWindow(box: RefObject<HTMLElement | null>, count: number, rowHeight: number): RowsWindow {
  const [seen, setSeen] = useState(() => windowOf(0, 600, rowHeight));
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const look = () => {
      const now = windowOf(element.scrollTop, element.clientHeight, rowHeight);
      setSeen((before) => (before.from === now.from && before.to === now.to ? before : now));
    };
    look();
    element.addEventListener('scroll', look, { passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', look);
      observer.disconnect();
    };
  }, [box, rowHeight]);
  return { from: Math.min(seen.from, count), to: Math.min(seen.to, count) };
}

/** How far down the row that was first has come; 0 when it is gone, or was looked for too long. */
export function shiftOf<T>(rows: readonly T[], first: T | undefined, keyOf: (row: T) => string, lookMax = 500): number {
  if (!first) return 0;
  const key = keyOf(first);
  const at = rows.slice(0, lookMax).findIndex((each) => keyOf(each) === key);
  return Math.max(0, at);
}
