import type { Settings } from '../graph/graph-settings.ts';
import type { Manner } from '../load/manners.ts';
import type { Profile } from '../profiles.ts';
import type { Random } from '../random.ts';
import { answers, hears, POSITIONS, type StepName, stepName, works } from '../steps/step-name.ts';

/** A bug that can be put into the sources, and the run that makes it show. */
export interface SeededBug {
  /** Of its patch, `chaos/bugs/<name>.patch`. */
  name: string;
  /** Only these count: they say what the bug does. */
  caughtBy: readonly string[];
  profile: Profile;
  settings: Settings;
  manner(random: Random): Manner;
  /** At which processes are killed, again and again. */
  steps: readonly StepName[];
}

/** Some seconds, few products, and no fault but the one that the bug needs. */
const focused: Profile = {
  orders: 40,
  customers: 8,
  followers: 0,
  products: 3,
  stockOfEach: 1000,
  restocked: 0,
  orderEveryMs: 1000,
  faults: 0,
  faultsMs: { from: 10_000, to: 25_000 },
  brokerOutage: undefined,
  databaseCrashesAtMs: [],
  killAtRandomEveryMs: undefined,
  pauseBetweenStepsMs: { from: 1000, to: 2000 },
  losses: undefined,
  copies: 0,
  reports: 1,
  convergeMs: 8000,
  tellEveryMs: 15_000,
};
/** For what depends on who meets whom; the run ends when it has shown. */
const LONGER = { faultsMs: { from: 25_000, to: 30_000 } };
/** What a killed process held is delivered again after 11 s, or published again after 5 s. */
const withKills: Profile = { ...focused, convergeMs: 22_000 };

const pays =
  (card: string, rest: Partial<Manner> = {}) =>
  (): Manner => ({
    ...{ card, challenge: 'none', submissions: 1 },
    ...rest,
  });

const bug = (name: string, caughtBy: readonly string[], rest: Partial<SeededBug> = {}): SeededBug => ({
  ...{ name, caughtBy, profile: focused, settings: {}, manner: pays('tok_visa'), steps: [] },
  ...rest,
});

export const seededBugs: readonly SeededBug[] = [
  bug('01-no-inbox', ['what was sent back came back once', 'an event lets an order take one step'], {
    profile: { ...focused, copies: 2 },
    manner: pays('tok_visa', { afterwards: 'return some' }),
  }),
  bug('02-publish-before-commit', ['nothing was heard that nobody said', 'every order is at its end'], {
    profile: withKills,
    steps: [
      stepName(answers('orders', 'placeOrder'), POSITIONS.beforeCommit),
      stepName(hears('orders', 'inventory.stock.reserved.v1'), POSITIONS.beforeCommit),
    ],
  }),
  bug(
    '03-acknowledge-before-commit',
    ['every event was heard by everybody whom it concerns', 'every order is at its end'],
    {
      profile: withKills,
      steps: [
        stepName(hears('inventory', 'orders.reservation.requested.v1'), POSITIONS.beforeCommit),
        stepName(hears('payments', 'orders.capture.requested.v1'), POSITIONS.beforeCommit),
      ],
    },
  ),
  bug('04-no-check-on-stock', ['stock is never negative'], {
    // All want the same few. What is cancelled can be fought for again; what was paid all the same is brought in anew.
    profile: { ...focused, ...LONGER, customers: 20, products: 1, stockOfEach: 3, restocked: 2, orderEveryMs: 200 },
    manner: (random) => pays('tok_slow', { cancelAfterMs: random.between(0, 300) })(),
  }),
  bug('05-charge-again-on-timeout', ["every charge at the provider is one of our payments'"], {
    // A report would tell of the charge before it is asked for.
    profile: { ...focused, reports: 0 },
    manner: pays('tok_timeout_then_charged'),
  }),
  bug('06-lost-compensation', ['a cancelled order is not charged'], {
    manner: (random) => pays('tok_slow', { cancelAfterMs: random.between(0, 600) })(),
  }),
  bug('07-expiry-races-confirm', ['a paid order has its stock', 'sold stock is what paid orders bought'], {
    profile: withKills,
    // They end as tok_slow (1.5 s) is approved.
    settings: { inventory: { reservations: { lifetime: '1450ms', sweepEvery: '100ms' } } },
    manner: pays('tok_slow'),
    // What has expired is told late, after the payment, however soon the process is back.
    steps: [stepName(works('inventory', 'does expire reservations'), POSITIONS.afterCommit)],
  }),
  bug('08-ledger-one-sided', ['every transaction of the ledger balances', 'the trial balance is even']),
  bug(
    '09-webhook-not-deduplicated',
    ['what can happen once is said once', 'the provider and the ledger agree on refunds'],
    { profile: { ...focused, reports: 3 }, manner: pays('tok_visa', { afterwards: 'refund some' }) },
  ),
  bug('10-key-reused-across-customers', [
    'nobody is refused a key that is new to them',
    "a key is answered with its customer's own order",
  ]),
  bug('11-first-missed-event-lost', ['who follows an order is told of each of its steps'], {
    profile: { ...focused, followers: 8 },
  }),
];
