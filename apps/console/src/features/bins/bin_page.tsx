import { Button, Group } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from 'react-router';
import { control } from '../../shared/control';
import { Copy, Failure, Page, Panel, RemoveButton, tellDone, tellFailure, Waiting } from '../../shared/ui';
import { BinEditor } from './bin_editor';

export function BinPage() {
  const { sid } = useParams();
  const navigate = useNavigate();
  const client = useQueryClient();
  const bin = useQuery({
    queryKey: ['bin', sid], enabled: sid !== undefined, refetchOnWindowFocus: false,
    queryFn: ({ signal }) => control('GET /bins/{sid}', { path: { sid: sid ?? '' }, signal }),
  });
  const remove = useMutation({
    mutationFn: () => control('DELETE /bins/{sid}', { path: { sid: sid ?? '' } }),
    onSuccess: () => {
      tellDone('The bin is removed');
      void client.invalidateQueries({ queryKey: ['bins'] });
      void navigate('/bins');
    },
    onError: tellFailure,
  });
  const data = bin.data;
  return (
    <Page title={sid ? data?.friendly_name ?? 'TwiML Bin' : 'New TwiML Bin'}
      note={data ? <Group gap={4} wrap="nowrap"><span className="mono wrap">{data.url}</span><Copy value={data.url} label="Copy the address" /></Group> : 'It gets an address of its own when it is made.'}
      actions={<>
        {sid ? <RemoveButton loading={remove.isPending} onRemove={() => { remove.mutate(); }} /> : null}
        <Button component={Link} to="/bins" variant="default" leftSection={<IconArrowLeft size={16} />}>All bins</Button>
      </>}>
      <Failure error={bin.error} onRetry={() => { void bin.refetch(); }} />
      {sid && bin.isPending ? <Waiting /> : null}
      {!sid || data ? (
        <Panel>
          <BinEditor key={sid ?? 'new'} bin={data ?? null} height="min(52vh, 480px)" onSaved={(saved) => {
            client.setQueryData(['bin', saved.sid], saved);
            if (!sid) void navigate(`/bins/${saved.sid}`, { replace: true });
          }} />
        </Panel>
      ) : null}
    </Page>
  );
}
