import { Tabs } from '@mantine/core';
import { useNavigate } from 'react-router';

/** The pages around numbers, one beside the other. */
export function NumbersTabs({ value }: { value: string }) {
  const navigate = useNavigate();
  return (
    <Tabs value={value} onChange={(to) => { if (to) void navigate(to); }}>
      <Tabs.List>
        <Tabs.Tab value="/numbers">Active numbers</Tabs.Tab>
        <Tabs.Tab value="/numbers/short-codes">Short codes</Tabs.Tab>
        <Tabs.Tab value="/numbers/verified">Verified caller IDs</Tabs.Tab>
        <Tabs.Tab value="/numbers/applications">TwiML applications</Tabs.Tab>
      </Tabs.List>
      {/* Each tab is a page of its own; the panels are there for its accessible name. */}
      {['/numbers', '/numbers/short-codes', '/numbers/verified', '/numbers/applications'].map((each) => <Tabs.Panel key={each} value={each}>{null}</Tabs.Panel>)}
    </Tabs>
  );
}
