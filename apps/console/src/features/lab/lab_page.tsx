import { Page } from '../../shared/ui';
import { ClockPanel } from './clock_panel';
import { FaultsPanel } from './faults_panel';
import { MailsPanel } from './mails_panel';
import { StatePanels } from './state_panels';
import { TenantsPanel } from './tenants_panel';

export function LabPage() {
  return (
    <Page title="Lab" note="Hold the clock, break things on purpose, keep and bring back the whole state.">
      <ClockPanel />
      <FaultsPanel />
      <MailsPanel />
      <StatePanels />
      <TenantsPanel />
    </Page>
  );
}
