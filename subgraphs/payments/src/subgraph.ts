import { defineSubgraph } from '@tributary/service-kit';
import { paymentsConfig } from './config.ts';
import type { Context } from './context.ts';
import { addDemoWallets } from './demo-wallets.ts';
import { createApplyWebhook, createForgetReports } from './domain/apply-webhook.ts';
import { createBooks } from './domain/books.ts';
import { createCompleteChallenge } from './domain/complete-challenge.ts';
import { createEventHandlers } from './domain/event-handlers.ts';
import { createPaymentFlow } from './domain/payment-flow.ts';
import { createPaymentTasks } from './domain/payment-tasks.ts';
import { createPromiseRefund } from './domain/promise-refund.ts';
import { createReconciliation } from './domain/reconciliation.ts';
import { createRefundPayment } from './domain/refund-payment.ts';
import { createRefundTasks } from './domain/refund-tasks.ts';
import { createRemovedCardTasks } from './domain/removed-card-tasks.ts';
import { createReverseRefund } from './domain/reverse-refund.ts';
import { createSettleRefund } from './domain/settle-refund.ts';
import { createTaskWorker } from './domain/task-worker.ts';
import { createWallet } from './domain/wallet.ts';
import { createLoaders } from './loaders/loaders.ts';
import { createCallProvider } from './provider/call-provider.ts';
import { openProvider } from './provider/open-provider.ts';
import { resolvers } from './resolvers/resolvers.ts';
import { webhookRoute } from './routes/webhook-route.ts';
import { deadLetters, inbox, outbox } from './tables.ts';

export const subgraph = defineSubgraph({
  name: 'payments',
  config: paymentsConfig,
  folder: new URL('..', import.meta.url),
  events: { deadLetters, inbox, outbox },
  async create(kit) {
    const { config, database, emit } = kit;
    const { provider, webhooks } = await openProvider(config.provider, database);
    const call = createCallProvider({ ...kit, provider, timeoutMs: config.provider.timeout });
    const wake = () => worker.wake();
    const promiseRefund = createPromiseRefund(wake);
    const flow = createPaymentFlow({ ...kit, promiseRefund, wake });
    const settle = createSettleRefund(emit, flow);
    const reverse = createReverseRefund(flow);
    // A task makes two calls at most; its row goes to another worker only when this one must be dead.
    const leaseMs = 3 * config.provider.timeout + 10_000;
    const worker = createTaskWorker({
      ...kit,
      sources: [
        createPaymentTasks({ database, call, flow, leaseMs, graceMs: config.reconciliation.grace }),
        createRefundTasks({ ...kit, call, settle, leaseMs }),
        createRemovedCardTasks({ database, call, leaseMs }),
      ],
      concurrency: config.worker.concurrency,
      pollMs: config.worker.pollInterval,
    });
    const domain = {
      wallet: createWallet({ database, call, wake }),
      books: createBooks(kit),
      completeChallenge: createCompleteChallenge({ database, call, flow }),
      refundPayment: createRefundPayment({ database, promiseRefund }),
    };
    return {
      resolvers,
      context: (scope): Context => ({ ...scope, ...domain, loaders: createLoaders(database.db) }),
      handlers: createEventHandlers({ ...kit, flow, promiseRefund, wake }),
      routes: webhookRoute({
        ...kit,
        reader: webhooks,
        apply: createApplyWebhook({ ...kit, flow, settle, reverse }),
      }),
      components: [worker, createReconciliation({ ...kit, provider })],
      jobs: [worker.job, createForgetReports(kit)],
      addDemoData: () => addDemoWallets(database),
    };
  },
});
