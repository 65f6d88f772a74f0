import { type Icon, IconApi, IconBug, IconFlask, IconFunction, IconDeviceMobileMessage, IconFileCode, IconLayoutDashboard, IconMessageCog, IconMessages, IconPhone, IconPhoneCall } from '@tabler/icons-react';

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
    title: 'Build',
    links: [
      { to: '/numbers', label: 'Phone numbers', icon: IconPhone },
      { to: '/functions', label: 'Functions & Assets', icon: IconFunction },
      { to: '/services', label: 'Messaging services', icon: IconMessageCog },
      { to: '/bins', label: 'TwiML Bins', icon: IconFileCode },
    ],
  },
  {
    title: 'What happened',
    links: [
      { to: '/logs/messages', label: 'Messages', icon: IconMessages },
      { to: '/logs/calls', label: 'Calls', icon: IconPhoneCall },
      { to: '/debugger', label: 'Debugger', icon: IconBug },
    ],
  },
  {
    title: 'Try out',
    links: [
      { to: '/explorer', label: 'API explorer', icon: IconApi },
      { to: '/lab', label: 'Lab', icon: IconFlask },
    ],
  },
];
