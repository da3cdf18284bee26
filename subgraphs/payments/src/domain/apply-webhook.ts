import type { Job, ServiceKit } from '@tributary/service-kit';
import type { WebhookReport } from '../provider/webhook-report.ts';
import { deleteReports, noteReport } from '../store/report-store.ts';
import type { PaymentFlow } from './payment-flow.ts';
import type { SettleRefund } from './settle-refund.ts';

/** Records what the provider reports of its own accord: once for each report, and by the same steps as its answers. */
export type ApplyWebhook = (report: WebhookReport) => Promise<void>;

type Parts = Pick<ServiceKit, 'database' | 'log'> & { flow: PaymentFlow; settle: SettleRefund };

export function createApplyWebhook({ database, log, flow, settle }: Parts): ApplyWebhook {
  return async (report) => {
    const outcome = await database.transaction(async (tx) => {
      if (!(await noteReport(tx, report.id))) return 'repeated';
      const taken =
        'refundId' in report
          ? await settle(tx, report.refundId, 'SUCCEEDED')
          : (await flow.record(tx, report.paymentId, report.charge)).taken;
      return taken ? 'taken' : 'known or refused';
    });
    log.info({ report_id: report.id, outcome }, 'payment webhook');
  };
}

const HOUR_MS = 60 * 60 * 1000;
/** Longer than the provider sends a report again that it believes was lost. */
const KEEP_REPORTS_MS = 30 * 24 * HOUR_MS;

/** Forgets which reports were applied long ago. */
export const createForgetReports = ({ database }: Pick<ServiceKit, 'database'>): Job => ({
  name: 'forget provider reports',
  everyMs: HOUR_MS,
  run: () => deleteReports(database.db, new Date(Date.now() - KEEP_REPORTS_MS)),
});
