import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const api = process.env['LABORATORY_URL'] ?? 'http://127.0.0.1:3426';
const routes = ['/settings', '/send-sms', '/experience2', '/experience3', '/experience4'];

export default defineConfig({
  plugins: [react()],
  build: { target: 'es2022', modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
  // `npm run dev` shows changes at once; the running API answers for the rest.
  server: { proxy: Object.fromEntries(routes.map((route) => [route, { target: api, changeOrigin: true }])) },
});
