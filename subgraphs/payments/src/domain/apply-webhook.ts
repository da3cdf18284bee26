import type { Db, Job, ServiceKit } from '@tributary/service-kit';
import type { WebhookReport } from '../provider/webhook-report.ts';
import { deleteReports, noteReport } from '../store/report-store.ts';
import type { PaymentFlow } from './payment-flow.ts';
import type { ReverseRefund } from './reverse-refund.ts';
import type { SettleRefund } from './settle-refund.ts';

/** Of a report: a step was taken; it came before; the steps refuse it; it is about nothing that is known. */
export type WebhookOutcome = 'applied' | 'repeated' | 'refused' | 'unknown';

/** Records what the provider reports of its own accord: once for each report, and by the same steps as its answers. */
export type ApplyWebhook = (report: WebhookReport) => Promise<WebhookOutcome>;

type Parts = Pick<ServiceKit, 'database' | 'log'> & {
  flow: PaymentFlow;
  settle: SettleRefund;
  reverse: ReverseRefund;
};

export function createApplyWebhook({ database, log, flow, settle, reverse }: Parts): ApplyWebhook {
  const recordRefund = async (tx: Db, id: string, status: 'SUCCEEDED' | 'FAILED'): Promise<WebhookOutcome> => {
    const outcome = await settle(tx, id, status);
    return outcome === 'refused' && status === 'FAILED' ? reverse(tx, id) : outcome;
  };

  return async (report) => {
    const outcome = await database.transaction(async (tx): Promise<WebhookOutcome> => {
      if (!(await noteReport(tx, report.id))) return 'repeated';
      if ('refundId' in report) return recordRefund(tx, report.refundId, report.status);
      const { payment, taken } = await flow.record(tx, report.paymentId, report.charge);
      if (taken) return 'applied';
      return payment === undefined ? 'unknown' : 'refused';
    });
    log.info({ report_id: report.id, outcome }, 'payment webhook');
    // As where the provider refuses at once: somebody has to look at it.
    if ('refundId' in report && report.status === 'FAILED' && outcome === 'applied') {
      log.error({ refund_id: report.refundId }, 'refund failed');
    }
    return outcome;
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
