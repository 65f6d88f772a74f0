import { type Icon, IconBug, IconDeviceMobileMessage, IconLayoutDashboard, IconMessages } from '@tabler/icons-react';

export interface NavGroup { title: string; links: { to: string; label: string; icon: Icon }[] }

/** One typed table: what is not in it has no place in the menu. */
export const navigation: NavGroup[] = [
  {
    title: '',
    links: [
      { to: '/', label: 'Dashboard', icon: IconLayoutDashboard },
      { to: '/handsets', label: 'Handsets', icon: IconDeviceMobileMessage },
    ],
  },
  {
    title: 'What happened',
    links: [
      { to: '/logs/messages', label: 'Messages', icon: IconMessages },
      { to: '/debugger', label: 'Debugger', icon: IconBug },
    ],
  },
];
