import type { ServiceKit } from '@tributary/service-kit';
import type { CallProvider } from '../provider/call-provider.ts';
import { deleteRemovedCard, leaseRemovedCards, postponeRemovedCard } from '../store/removed-card-store.ts';
import type { LeaseTasks } from './task-worker.ts';

type Parts = Pick<ServiceKit, 'database'> & { call: CallProvider; leaseMs: number };

/** Cards that left their wallets, and that the provider has to let go of. */
export const createRemovedCardTasks =
  ({ database: { db }, call, leaseMs }: Parts): LeaseTasks =>
  async (limit) =>
    (await leaseRemovedCards(db, limit, leaseMs)).map(({ token, taskAttempts }) => ({
      name: 'RELEASE_CARD',
      attempts: taskAttempts,
      traceparent: null,
      async perform() {
        await call((provider, signal) => provider.releaseCard(token, signal));
        await deleteRemovedCard(db, token);
      },
      postpone: (waitMs) => postponeRemovedCard(db, token, waitMs),
    }));
