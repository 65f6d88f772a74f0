import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env['DIALTONE_URL'] ?? 'http://127.0.0.1:3425';

export default defineConfig({
  plugins: [react()],
  build: { target: 'es2022', modulePreload: { polyfill: false }, chunkSizeWarningLimit: 700, reportCompressedSize: false },
  // `npm run dev` shows changes at once; the running program answers for the rest. It must see the name in the browser's
  // address: what comes from another site may change nothing.
  server: { proxy: Object.fromEntries(['/_console', '/_dialtone', '/2010-04-01'].map((path) => [path, { target: server, changeOrigin: false }])) },
});
