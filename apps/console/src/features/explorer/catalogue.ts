import { useQuery } from '@tanstack/react-query';
import { control } from '../../shared/control';

export interface Entry { document: string; operation: string; method: string; product: string; path: string }

export function useCatalogue() {
  return useQuery({
    queryKey: ['catalogue'], staleTime: Infinity,
    queryFn: async ({ signal }) => (await control('GET /catalogue', { signal })).operations
      .map(([document, operation, method, product, path]): Entry => ({ document, operation, method, product, path })),
  });
}

export function useOperation(document: string | null, operation: string | null) {
  return useQuery({
    queryKey: ['catalogue', document, operation], enabled: document !== null && operation !== null, staleTime: Infinity,
    queryFn: ({ signal }) => control('GET /catalogue/{document}/{operation}', { path: { document: document ?? '', operation: operation ?? '' }, signal }),
  });
}

/** Every word must be in the name, the path, the product or the method. */
export function matching(entries: readonly Entry[], text: string): Entry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter((each) => {
    const all = `${each.operation} ${each.path} ${each.document} ${each.method}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** `CreateMessage` as `Create message`. */
export function titleOf(operation: string): string {
  const words = operation.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function rowsOf(text: string): string[] {
  return text.split('\n').map((line) => line.trim()).filter(Boolean);
}
