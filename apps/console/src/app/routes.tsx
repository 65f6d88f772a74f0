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
      { path: '*', element: <NotFound /> },
    ],
  },
]);
