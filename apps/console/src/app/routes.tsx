import { createBrowserRouter } from 'react-router';
import { DashboardPage } from '../features/dashboard/dashboard_page';
import { NotFound, PageFailure } from './not_found';
import { Shell } from './shell';

/** The first page comes with the program's first bytes; the others when they are opened. */
export const router = createBrowserRouter([
  {
    element: <Shell />,
    errorElement: <PageFailure />,
    children: [
      { path: '/', element: <DashboardPage /> },
      { path: '/handsets', lazy: async () => ({ Component: (await import('../features/handsets/handsets_page')).HandsetsPage }) },
      { path: '/logs/messages', lazy: async () => ({ Component: (await import('../features/messages/messages_page')).MessagesPage }) },
      { path: '/logs/messages/:sid', lazy: async () => ({ Component: (await import('../features/messages/message_page')).MessagePage }) },
      { path: '/debugger', lazy: async () => ({ Component: (await import('../features/debugger/debugger_page')).DebuggerPage }) },
      { path: '/debugger/:sid', lazy: async () => ({ Component: (await import('../features/debugger/alert_page')).AlertPage }) },
      { path: '*', element: <NotFound /> },
    ],
  },
]);
