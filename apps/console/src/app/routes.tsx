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
      { path: '/numbers', lazy: async () => ({ Component: (await import('../features/numbers/numbers_page')).NumbersPage }) },
      { path: '/numbers/buy', lazy: async () => ({ Component: (await import('../features/numbers/buy_page')).BuyPage }) },
      { path: '/numbers/verified', lazy: async () => ({ Component: (await import('../features/numbers/verified_page')).VerifiedPage }) },
      { path: '/numbers/short-codes', lazy: async () => ({ Component: (await import('../features/numbers/short_codes_page')).ShortCodesPage }) },
      { path: '/numbers/applications', lazy: async () => ({ Component: (await import('../features/numbers/applications_page')).ApplicationsPage }) },
      { path: '/numbers/:sid', lazy: async () => ({ Component: (await import('../features/numbers/number_page')).NumberPage }) },
      { path: '/functions', lazy: async () => ({ Component: (await import('../features/functions/services_page')).FunctionServicesPage }) },
      { path: '/functions/:sid', lazy: async () => ({ Component: (await import('../features/functions/editor_page')).EditorPage }) },
      { path: '/services', lazy: async () => ({ Component: (await import('../features/services/services_page')).ServicesPage }) },
      { path: '/services/:sid', lazy: async () => ({ Component: (await import('../features/services/service_page')).ServicePage }) },
      { path: '/explorer', lazy: async () => ({ Component: (await import('../features/explorer/explorer_page')).ExplorerPage }) },
      { path: '/bins', lazy: async () => ({ Component: (await import('../features/bins/bins_page')).BinsPage }) },
      { path: '/bins/new', lazy: async () => ({ Component: (await import('../features/bins/bin_page')).BinPage }) },
      { path: '/bins/:sid', lazy: async () => ({ Component: (await import('../features/bins/bin_page')).BinPage }) },
      { path: '/logs/messages', lazy: async () => ({ Component: (await import('../features/messages/messages_page')).MessagesPage }) },
      { path: '/logs/messages/:sid', lazy: async () => ({ Component: (await import('../features/messages/message_page')).MessagePage }) },
      { path: '/logs/calls', lazy: async () => ({ Component: (await import('../features/calls/calls_page')).CallsPage }) },
      { path: '/logs/calls/:sid', lazy: async () => ({ Component: (await import('../features/calls/call_page')).CallPage }) },
      { path: '/lab', lazy: async () => ({ Component: (await import('../features/lab/lab_page')).LabPage }) },
      { path: '/debugger', lazy: async () => ({ Component: (await import('../features/debugger/debugger_page')).DebuggerPage }) },
      { path: '/debugger/:sid', lazy: async () => ({ Component: (await import('../features/debugger/alert_page')).AlertPage }) },
      { path: '*', element: <NotFound /> },
    ],
  },
]);
