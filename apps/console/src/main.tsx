import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './app/console.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app';

// The library that keeps the page from scrolling behind a dialog looks for the nonce of its style here.
Object.assign(globalThis, { __webpack_nonce__: document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content });

const root = document.getElementById('root');
if (!root) throw new Error('the page has no #root');
createRoot(root).render(<StrictMode><App /></StrictMode>);
