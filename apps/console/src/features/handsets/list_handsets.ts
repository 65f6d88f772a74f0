import { useQuery } from '@tanstack/react-query';
import { control } from '../../shared/control';

export function useHandsets() {
  return useQuery({
    queryKey: ['handsets'],
    queryFn: async ({ signal }) => (await control('GET /handsets', { signal })).handsets.sort((a, b) => a.date_created.localeCompare(b.date_created)),
  });
}
