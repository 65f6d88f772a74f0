import { useQuery } from '@tanstack/react-query';
import { type Answer, call } from '../../shared/twilio';

export type ShortCode = NonNullable<Answer<'api_v2010.ListShortCode'>['short_codes']>[number];

export function useShortCodes() {
  return useQuery({ queryKey: ['short-codes'], queryFn: async ({ signal }) => (await call('api_v2010.ListShortCode', { PageSize: 200 }, signal)).short_codes ?? [] });
}
