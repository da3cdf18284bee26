import type { Settings } from './graph/graph-settings.ts';

/** Longer than what a broker that was away leaves to do takes, with processes killed meanwhile. */
const CATCH_UP_MS = 35_000;
const SAGA_AFTER_MS = 20_000;
const SHORT_CHALLENGE_MS = 12_000;
/** As good as never, in a run. */
const NEVER = '1d';

/**
 * Time-outs that end within a run, and outlive the broker's outage: nothing may end by them but what waits for its
 * customer. Where two processes differ, it is chance which one serves an order, and so what ends it: the bank's question,
 * its reservation, or the saga's own time-out.
 */
export function lifetimes(brokerOutageMs: number): Settings {
  const reservationMs = brokerOutageMs + CATCH_UP_MS;
  return {
    payments: [{ challenge: { lifetime: `${SHORT_CHALLENGE_MS}ms` } }, { challenge: { lifetime: NEVER } }],
    inventory: [`${reservationMs}ms`, NEVER].map((lifetime) => ({ reservations: { lifetime, sweepEvery: '1s' } })),
    orders: { saga: { timeout: `${reservationMs + SAGA_AFTER_MS}ms`, sweepEvery: '1s' } },
  };
}
