// How numbers, times and names are shown.

/** `+15017122661` as `+1 501 712 2661`; other countries in groups of three. What is no number stays as it is. */
export function formatNumber(text: string): string {
  const channel = /^(\w+:)(\+.*)$/.exec(text);
  if (channel) return `${channel[1] ?? ''}${formatNumber(channel[2] ?? '')}`;
  const american = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(text);
  if (american) return `+1 ${american.slice(1).join(' ')}`;
  const other = /^\+(\d{2})(\d{5,13})$/.exec(text);
  if (!other) return text;
  return `+${other[1] ?? ''} ${(other[2] ?? '').replace(/(\d{3})(?=\d{2,})/g, '$1 ')}`.trimEnd();
}

export function formatTime(text: string | null | undefined, now = new Date()): string {
  if (!text) return '–';
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return text;
  const time = date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
  if (date.toDateString() === now.toDateString()) return time;
  const day = date.toLocaleDateString(undefined, { month: 'short', day: 'numeric', ...(date.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' }) });
  return `${day}, ${time}`;
}

export function formatClock(text: string): string {
  return new Date(text).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', hour12: false });
}

/** Microseconds as `420 µs`, `3.1 ms`, `1.20 s`. */
export function formatDuration(micros: number): string {
  if (micros < 1000) return `${micros} µs`;
  if (micros < 1_000_000) return `${(micros / 1000).toFixed(1)} ms`;
  return `${(micros / 1_000_000).toFixed(2)} s`;
}

export function shortSid(sid: string): string {
  return sid.length > 14 ? `${sid.slice(0, 6)}…${sid.slice(-4)}` : sid;
}

export function plural(count: number, word: string, many = `${word}s`): string {
  return `${count.toLocaleString()} ${count === 1 ? word : many}`;
}

/** Indented when it is JSON, else as it is. */
export function prettyBody(text: string): string {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{') && !trimmed.startsWith('[')) return text;
  try {
    return JSON.stringify(JSON.parse(trimmed), null, 2);
  } catch {
    return text;
  }
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
