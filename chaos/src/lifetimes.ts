import type { Settings } from './graph/graph-settings.ts';

/** Longer than what a broker that was away leaves to do takes, with processes killed meanwhile; more after a long outage. */
const catchUpMs = (brokerOutageMs: number) => Math.max(120_000, brokerOutageMs / 2);
/** About as long as an order takes from its reservation to the bank's question. */
const UNTIL_CHALLENGE_MS = 4000;
const SHORT_CHALLENGE_MS = 12_000;

/**
 * Time-outs that end within a run, and outlive the broker's outage: nothing may end by them but what waits for its
 * customer. One process of payments lets the bank's question end soon, the other one never, and what waits for an answer
 * to that meets the end of its reservation and the saga's time-out at about the same moment: they race.
 */
export function lifetimes(brokerOutageMs: number): Settings {
  const lifetimeMs = brokerOutageMs + catchUpMs(brokerOutageMs);
  return {
    payments: [{ challenge: { lifetime: `${SHORT_CHALLENGE_MS}ms` } }, { challenge: { lifetime: '1d' } }],
    inventory: { reservations: { lifetime: `${lifetimeMs}ms`, sweepEvery: '1s' } },
    orders: { saga: { timeout: `${lifetimeMs - UNTIL_CHALLENGE_MS}ms`, sweepEvery: '1s' } },
  };
}
