// A handset's messages as conversations with the numbers it talks to, and what of them was read.

import { useQuery } from '@tanstack/react-query';
import type { HandsetMessage } from '../../api/control';
import { control } from '../../shared/control';

export interface Conversation { peer: string; messages: HandsetMessage[]; last: HandsetMessage; unread: number }

export function peerOf(message: HandsetMessage): string {
  return message.direction === 'inbound' ? message.from : message.to;
}

/** Newest conversation first; within one, oldest message first. `read`: by peer, the SID up to which it was read. */
export function conversationsOf(newestFirst: readonly HandsetMessage[], read: Record<string, string>): Conversation[] {
  const byPeer = new Map<string, HandsetMessage[]>();
  for (const message of newestFirst) {
    const peer = peerOf(message);
    const list = byPeer.get(peer);
    if (list) list.unshift(message);
    else byPeer.set(peer, [message]);
  }
  return [...byPeer].flatMap(([peer, messages]) => {
    const last = messages.at(-1);
    if (!last) return [];
    const seen = (read[peer] ?? '').slice(2);
    const unread = messages.filter((each) => each.direction === 'inbound' && each.sid.slice(2) > seen).length;
    return [{ peer, messages, last, unread }];
  });
}

export function useConversation(number: string) {
  return useQuery({
    queryKey: ['conversation', number],
    queryFn: async ({ signal }) => (await control('GET /handsets/{number}/messages', { path: { number }, query: { direction: 'all', limit: 500 }, signal })).messages,
  });
}
