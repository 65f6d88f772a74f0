import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env['DIALTONE_URL'] ?? 'http://127.0.0.1:3425';

export default defineConfig({
  plugins: [react()],
  build: { target: 'es2022', modulePreload: { polyfill: false }, chunkSizeWarningLimit: 700, reportCompressedSize: false },
  // `npm run dev` shows changes at once; the running program answers for the rest.
  server: { proxy: { '/_console': server, '/_dialtone': server, '/2010-04-01': server } },
});
