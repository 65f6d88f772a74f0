import { ActionIcon, AppShell, Badge, Box, Burger, Group, NavLink, ScrollArea, Stack, Text, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconClockPause, IconLogout, IconMoon, IconPlugConnectedX, IconSun } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Suspense, useEffect } from 'react';
import { Link, Outlet, useLocation, useNavigation } from 'react-router';
import { control } from '../shared/control';
import { FeedProvider, useConnection } from '../shared/events';
import { formatTime } from '../shared/format';
import { Waiting } from '../shared/ui';
import { Logo } from './logo';
import { navigation } from './navigation';
import { Search } from './search';
import { useSession } from './session';

export function Shell() {
  return <FeedProvider><Frame /></FeedProvider>;
}

function Frame() {
  const [open, { toggle, close }] = useDisclosure(false);
  const location = useLocation();
  const loading = useNavigation().state === 'loading';
  useEffect(() => { close(); }, [location.pathname, close]);
  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 228, breakpoint: 'sm', collapsed: { mobile: !open } }} padding={0}>
      <a className="skip" href="#content">To the content</a>
      <AppShell.Header bg="var(--panel)" style={{ borderColor: 'var(--line)' }}>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="sm">
          <Group gap="xs" wrap="nowrap">
            <Burger opened={open} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={open ? 'Close the menu' : 'Open the menu'} />
            <Link to="/" className="plain" aria-label="Dialtone, to the dashboard">
              <Group gap={10} wrap="nowrap"><Logo /><Text fw={650} size="md" visibleFrom="xs" style={{ letterSpacing: '-0.01em' }}>Dialtone</Text></Group>
            </Link>
          </Group>
          <Search />
          <Group gap="xs" wrap="nowrap"><ConnectionState /><ClockBadge /><SchemeButton /><LogOutButton /></Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar bg="var(--panel)" style={{ borderColor: 'var(--line)' }} aria-label="Pages">
        <AppShell.Section grow component={ScrollArea} p="sm">
          <Stack gap="md">
            {navigation.map((group) => (
              <div key={group.title}>
                {group.title ? <Text size="xs" fw={550} className="quiet" px={10} mb={4}>{group.title}</Text> : null}
                {group.links.map(({ to, label, icon: Icon }) => {
                  const active = to === '/' ? location.pathname === '/' : location.pathname.startsWith(to);
                  return <NavLink key={to} component={Link} to={to} label={label} active={active} aria-current={active ? 'page' : undefined} leftSection={<Icon size={18} stroke={1.6} />} className="nav-link" py={7} px={10} />;
                })}
              </div>
            ))}
          </Stack>
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} style={{ outline: 'none', opacity: loading ? 0.6 : 1, transition: 'opacity 120ms 80ms' }}>
        <Suspense fallback={<Waiting />}><Outlet /></Suspense>
      </AppShell.Main>
    </AppShell>
  );
}

function ConnectionState() {
  const connection = useConnection();
  if (connection === 'live') {
    return (
      <Tooltip label="Live: what happens is shown at once" withArrow>
        <Box role="status" aria-label="Live" w={8} h={8} bg="var(--mantine-color-teal-6)" style={{ borderRadius: 8, flex: 'none' }} />
      </Tooltip>
    );
  }
  if (connection === 'connecting') return null;
  return <Badge role="status" color="red" variant="light" tt="none" leftSection={<IconPlugConnectedX size={13} />} style={{ flex: 'none' }}>Connection lost<span className="above-phone">, trying again</span></Badge>;
}

function ClockBadge() {
  const { data } = useQuery({ queryKey: ['clock'], queryFn: ({ signal }) => control('GET /clock', { signal }) });
  if (!data?.frozen) return null;
  const text = data.auto ? 'Clock jumps by itself' : `Clock held at ${formatTime(data.time)}`;
  return <Badge component={Link} to="/lab" color="violet" variant="light" tt="none" aria-label={text} title={text} className="clock-badge" leftSection={<IconClockPause size={13} />}><span className="above-phone">{text}</span></Badge>;
}

function SchemeButton() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const next = scheme === 'dark' ? 'light' : 'dark';
  return (
    <Tooltip label={`Use ${next} colours`} withArrow>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Use ${next} colours`} onClick={() => { setColorScheme(next); }}>
        {scheme === 'dark' ? <IconSun size={18} stroke={1.6} /> : <IconMoon size={18} stroke={1.6} />}
      </ActionIcon>
    </Tooltip>
  );
}

function LogOutButton() {
  const { session, logOut } = useSession();
  if (session.opened_by_itself) return null;
  return (
    <Tooltip label="Log out" withArrow>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Log out" onClick={logOut}><IconLogout size={18} stroke={1.6} /></ActionIcon>
    </Tooltip>
  );
}
