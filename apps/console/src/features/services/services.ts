import { useQuery } from '@tanstack/react-query';
import { type Answer, call } from '../../shared/twilio';

export type MessagingService = Answer<'messaging_v1.FetchService'>;

export function useMessagingServices() {
  return useQuery({ queryKey: ['messaging-services'], queryFn: async ({ signal }) => ((await call('messaging_v1.ListService', { PageSize: 100 }, signal)).services ?? []) as MessagingService[] });
}
