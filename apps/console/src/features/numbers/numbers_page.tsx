import { Anchor, Button, Group, Text } from '@mantine/core';
import { IconPhonePlus } from '@tabler/icons-react';
import { Link } from 'react-router';
import { formatNumber } from '../../shared/format';
import { Copy, Empty, Failure, Page, Panel, Waiting } from '../../shared/ui';
import { handlerOf, summaryOf } from './handler';
import { type IncomingNumber, useNumbers } from './list_numbers';
import { type Membership, servesInbound, useMemberships } from './membership';
import { NumbersTabs } from './numbers_tabs';

export function messageHandlerOf(number: IncomingNumber) {
  return handlerOf({ url: number.sms_url, method: number.sms_method, fallbackUrl: number.sms_fallback_url, fallbackMethod: number.sms_fallback_method, applicationSid: number.sms_application_sid });
}
export function callHandlerOf(number: IncomingNumber) {
  return handlerOf({ url: number.voice_url, method: number.voice_method, fallbackUrl: number.voice_fallback_url, fallbackMethod: number.voice_fallback_method, applicationSid: number.voice_application_sid });
}

function messagesTo(number: IncomingNumber, membership: Membership | undefined) {
  if (!membership || !servesInbound(membership)) return summaryOf(messageHandlerOf(number));
  return <>Messaging service <Anchor component={Link} to={`/services/${membership.service.sid ?? ''}`} size="sm">{membership.service.friendly_name}</Anchor></>;
}

export function NumbersPage() {
  const numbers = useNumbers();
  const memberships = useMemberships();
  const add = <Button component={Link} to="/numbers/buy" leftSection={<IconPhonePlus size={17} />}>Get a number</Button>;
  return (
    <Page title="Phone numbers" note="Numbers of this account, and what happens when somebody writes or calls." actions={add}>
      <NumbersTabs value="/numbers" />
      <Failure error={numbers.error ?? memberships.error} onRetry={() => { void numbers.refetch(); void memberships.refetch(); }} />
      <Panel padded={false}>
        {numbers.isPending ? <Waiting /> : null}
        {numbers.data?.length === 0 ? <Empty icon={<IconPhonePlus size={38} stroke={1.4} />} title="No numbers yet" action={add}>A number is what people write to and call. It costs nothing here.</Empty> : null}
        {numbers.data && numbers.data.length > 0 ? (
          <table className="rows">
            <thead><tr><th>Number</th><th>A message comes in</th><th>A call comes in</th></tr></thead>
            <tbody>
              {numbers.data.map((each) => (
                <tr key={each.sid}>
                  <td>
                    <Group gap={4} wrap="nowrap"><Anchor component={Link} to={`/numbers/${each.sid ?? ''}`} fw={600} size="sm" className="number">{formatNumber(each.phone_number ?? '')}</Anchor><Copy value={each.phone_number ?? ''} label={`Copy ${each.phone_number ?? ''}`} /></Group>
                    {each.friendly_name !== each.phone_number ? <Text size="xs" className="quiet">{each.friendly_name}</Text> : null}
                  </td>
                  <td className="wrap" data-label="A message">{messagesTo(each, memberships.data?.get(each.phone_number ?? ''))}</td>
                  <td className="wrap" data-label="A call">{summaryOf(callHandlerOf(each))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        ) : null}
      </Panel>
    </Page>
  );
}
