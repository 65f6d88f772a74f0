import { Box, Button, Group, Stack, Text, Tooltip, UnstyledButton, Badge } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconDeviceMobile, IconDeviceMobilePlus } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import type { Handset } from '../../api/control';
import { control } from '../../shared/control';
import { formatNumber } from '../../shared/format';
import { Empty, Failure, Page, Panel, tellFailure, Waiting } from '../../shared/ui';
import { conversationsOf, useConversation } from './conversations';
import classes from './handsets.module.css';
import { useHandsets } from './list_handsets';
import { Phone } from './phone';
import { useReadMarks } from './read_marks';

/** Which phones are open lies in the URL: `?open=+1555…,+1555…`. */
function useOpenPhones(handsets: Handset[]): [string[], (numbers: string[]) => void] {
  const wide = useMediaQuery('(min-width: 70em)', window.innerWidth >= 1120, { getInitialValueInEffect: false });
  const [params, setParams] = useSearchParams();
  const given = params.get('open');
  const open = given === null ? handsets.slice(0, wide ? 2 : 1).map((each) => each.number) : given.split(',').filter((each) => handsets.some((handset) => handset.number === each));
  return [open, (numbers) => { setParams((before) => { before.set('open', numbers.join(',')); return before; }, { replace: true }); }];
}

export function HandsetsPage() {
  const client = useQueryClient();
  const handsets = useHandsets();
  const list = handsets.data ?? [];
  const [open, setOpen] = useOpenPhones(list);
  const create = useMutation({
    mutationFn: () => control('POST /handsets', { body: {} }),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: ['handsets'] });
      setOpen([...open, made.number]);
    },
    onError: tellFailure,
  });
  const remove = useMutation({
    mutationFn: (number: string) => control('DELETE /handsets/{number}', { path: { number } }),
    onSuccess: (_, number) => {
      setOpen(open.filter((each) => each !== number));
      void client.invalidateQueries({ queryKey: ['handsets'] });
    },
    onError: tellFailure,
  });
  const newButton = <Button leftSection={<IconDeviceMobilePlus size={17} />} loading={create.isPending} onClick={() => { create.mutate(); }}>New handset</Button>;
  const toggle = (number: string) => { setOpen(open.includes(number) ? open.filter((each) => each !== number) : [...open, number]); };
  return (
    <Page title="Handsets" note="Phones that live in this program: they receive, answer and write." actions={newButton} wide>
      <Failure error={handsets.error} onRetry={() => { void handsets.refetch(); }} />
      {handsets.isPending ? <Waiting /> : null}
      {handsets.data && list.length === 0 ? <Panel><Empty icon={<IconDeviceMobile size={40} stroke={1.4} />} title="There are no handsets yet" action={newButton}>A handset is a phone with a number of its own. Make one, and send it a message from your code.</Empty></Panel> : null}
      {list.length > 0 ? (
        <div className={classes['desk']}>
          <Stack gap={6} className={classes['shelf']} role="group" aria-label="All handsets">
            {list.map((each) => <ShelfItem key={each.number} handset={each} open={open.includes(each.number)} onToggle={() => { toggle(each.number); }} />)}
          </Stack>
          <div className={classes['phones']}>
            {open.map((number) => {
              const handset = list.find((each) => each.number === number);
              return handset ? <Phone key={number} handset={handset} onClose={() => { toggle(number); }} onRemove={() => { remove.mutate(number); }} /> : null;
            })}
            {open.length === 0 ? <Box flex={1}><Panel><Empty icon={<IconDeviceMobile size={40} stroke={1.4} />} title="No phone is open">Choose one or several on the left: they lie here side by side.</Empty></Panel></Box> : null}
          </div>
        </div>
      ) : null}
    </Page>
  );
}

function ShelfItem({ handset, open, onToggle }: { handset: Handset; open: boolean; onToggle: () => void }) {
  const messages = useConversation(handset.number);
  const [read] = useReadMarks(handset.number);
  const unread = conversationsOf(messages.data ?? [], read).reduce((sum, each) => sum + each.unread, 0);
  const last = messages.data?.[0];
  return (
    <Tooltip label={open ? 'Put it away' : 'Open it beside the others'} openDelay={600} withArrow position="right">
      <UnstyledButton className={classes['item']} data-open={open || undefined} aria-pressed={open} onClick={onToggle}>
        <Group justify="space-between" wrap="nowrap" gap={6}>
          <Text size="sm" fw={600} className="cut">{handset.name}</Text>
          {unread > 0 ? <Badge size="sm" circle>{unread}<span className="unseen"> unread</span></Badge> : null}
        </Group>
        <Text size="xs" className="quiet number">{formatNumber(handset.number)}</Text>
        {last ? <Text size="xs" className="quiet cut" mt={2}>{last.body || 'Picture'}</Text> : null}
      </UnstyledButton>
    </Tooltip>
  );
}
