import { Button } from '@mantine/core';
import { IconError404, IconMoodSad } from '@tabler/icons-react';
import { Link, useRouteError } from 'react-router';
import { Empty, Page, Panel, describeError } from '../shared/ui';

export function NotFound() {
  return (
    <Page title="Not found">
      <Panel>
        <Empty icon={<IconError404 size={40} stroke={1.4} />} title="There is no such page" action={<Button component={Link} to="/" variant="light">To the dashboard</Button>}>
          The address may be of another version of the program.
        </Empty>
      </Panel>
    </Page>
  );
}

/** A page that could not be shown, or its code not be loaded (the program was replaced by another version). */
export function PageFailure() {
  const error = useRouteError();
  return (
    <Page title="This page failed">
      <Panel>
        <Empty icon={<IconMoodSad size={40} stroke={1.4} />} title="This page could not be shown" action={<Button onClick={() => { window.location.reload(); }}>Load it again</Button>}>
          {describeError(error).message}
        </Empty>
      </Panel>
    </Page>
  );
}
