import type { Settings } from './graph/graph-settings.ts';

/** Time-outs that end within a run. Their order is that of production: challenge, reservation, saga. */
export const impatientSettings: Settings = {
  inventory: { reservations: { lifetime: '40s', sweepEvery: '1s' } },
  payments: { challenge: { lifetime: '12s' } },
  orders: { saga: { timeout: '60s', sweepEvery: '1s' } },
};
