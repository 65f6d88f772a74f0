import { useQuery } from '@tanstack/react-query';
import { control, type Handset } from '../../shared/control';

export function useHandsets() {
  return useQuery({
    queryKey: ['handsets'],
    queryFn: async ({ signal }) => (await control<{ handsets: Handset[] }>('GET', '/handsets', undefined, signal)).handsets.sort((a, b) => a.date_created.localeCompare(b.date_created)),
  });
}
