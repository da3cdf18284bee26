interface Range {
  from: number;
  to: number;
}

/** Connections that are lost. */
export interface Losses {
  /** Any of the services' to the database, one about so often. */
  databaseEveryMs: Range;
  /** Any process's to the broker, one about so often. */
  brokerEveryMs: Range;
  /** Of a call to the provider, at each of its two steps, so probably: from 0 to 1. */
  providerChance: number;
}

/** How long a run is and what happens in it; times in milliseconds from the first order. */
export interface Profile {
  /** At least; there are more where it takes longer until every named step was hit. */
  orders: number;
  customers: number;
  /** So many of them follow what they order, by WebSocket and by server-sent events in turn. */
  followers: number;
  products: number;
  /** Of each product: little enough that many orders come too late. */
  stockOfEach: number;
  /**
   * Units that come in of some product every two seconds: fewer than are asked for, and enough that something is left to
   * pay for until every step was hit.
   */
  restocked: number;
  /** Each customer places an order about so often. */
  orderEveryMs: number;
  /** Kills, outages and losses, at least. */
  faults: number;
  /** Faults go on for so long at least, and at most, until there are orders and faults enough and every step was hit. */
  faultsMs: Range;
  brokerOutage: { atMs: number; forMs: number } | undefined;
  databaseCrashesAtMs: readonly number[];
  killAtRandomEveryMs: Range | undefined;
  pauseBetweenStepsMs: Range;
  /** Undefined: none. */
  losses: Losses | undefined;
  /** Copies of each event beside the first. */
  copies: number;
  /** How often the provider sends each report; 0: never. */
  reports: number;
  /** All must be as it should so long after the last fault. */
  convergeMs: number;
  /** How often the run says how far it is. */
  tellEveryMs: number;
}

/** The last orders meet faults for so long as well. */
export const FAULTS_AFTER_PLACING_MS = 8000;

const PRODUCTS = 12;
/** Some eighty orders of the short form are followed: when the gateway starts again, all that are open come at once. */
const FOLLOWERS = 6;
/** Units that the average order asks for: one product or two, one or two of each. */
const UNITS_PER_ORDER = 1.95;
/** What there is of what is asked for. What is cancelled or sent back can be sold again. */
const SUPPLY = 0.3;

const stockFor = (orders: number) => Math.ceil((orders * UNITS_PER_ORDER * SUPPLY) / PRODUCTS);

/**
 * The form that CI runs: about five minutes on two cores, start and check included. On a slower machine it goes on until
 * every step was hit.
 */
export const shortProfile = ({ orders, customers }: { orders: number; customers: number }): Profile => ({
  orders,
  customers,
  followers: FOLLOWERS,
  products: PRODUCTS,
  stockOfEach: stockFor(orders),
  restocked: 2,
  orderEveryMs: (customers / orders) * PLACING_MS,
  faults: 200,
  faultsMs: { from: 160_000, to: 480_000 },
  brokerOutage: { atMs: 20_000, forMs: 60_000 },
  // Once while the broker is away as well.
  databaseCrashesAtMs: [60_000, 130_000],
  killAtRandomEveryMs: { from: 12_000, to: 24_000 },
  pauseBetweenStepsMs: { from: 50, to: 400 },
  losses: {
    databaseEveryMs: { from: 1500, to: 5000 },
    brokerEveryMs: { from: 8000, to: 15_000 },
    providerChance: 0.02,
  },
  copies: 2,
  reports: 3,
  convergeMs: 30_000,
  tellEveryMs: 15_000,
});

/**
 * The form of `npm run nightly`: ten thousand faults beside the copies of events, and a broker that is away for ten
 * minutes. Most are lost connections: a machine with two cores starts no more than one process every two seconds and has
 * time left to work. It begins with the short form's stock: what comes in meanwhile is less than is asked for, and more
 * would never run out.
 */
export const longProfile = ({ orders, customers }: { orders: number; customers: number }): Profile => ({
  ...shortProfile({ orders, customers }),
  orderEveryMs: LONG_ORDER_EVERY_MS,
  faultsMs: { from: LONG_MS, to: 1.5 * LONG_MS },
  faults: 10_000,
  losses: {
    databaseEveryMs: { from: 100, to: 600 },
    brokerEveryMs: { from: 1000, to: 2500 },
    providerChance: 0.06,
  },
  killAtRandomEveryMs: { from: 8000, to: 16_000 },
  brokerOutage: { atMs: 30 * 60_000, forMs: 10 * 60_000 },
  databaseCrashesAtMs: Array.from(
    { length: LONG_MS / DATABASE_CRASH_EVERY_MS },
    (_, index) => (index + 1) * DATABASE_CRASH_EVERY_MS,
  ),
  tellEveryMs: 60_000,
});

const LONG_MS = 70 * 60_000;
const LONG_ORDER_EVERY_MS = 20_000;
const DATABASE_CRASH_EVERY_MS = 10 * 60_000;
/** In which the short form's orders are placed, if all goes well. */
const PLACING_MS = 230_000;
