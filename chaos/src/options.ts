import { ConfigError, commandLine } from '@tributary/service-kit';

const FLAGS = {
  seed: { type: 'string' },
  orders: { type: 'string', default: '520' },
  customers: { type: 'string', default: '20' },
  json: { type: 'string' },
  bugs: { type: 'boolean', default: false },
  long: { type: 'boolean', default: false },
  keep: { type: 'boolean', default: false },
} as const;

export const USAGE = `Usage: npm run chaos [-- FLAGS]
  --seed N        the same choices again; default: another each time
  --orders N      default 520
  --customers N   default 20
  --json FILE     writes the report there as well
  --keep          keeps the folder of a run that passed
  --bugs          instead: seeds each bug of chaos/bugs and shows what catches it
  --long          instead: the nightly form`;

export interface Options {
  seed: number;
  orders: number;
  customers: number;
  json: string | undefined;
  bugs: boolean;
  long: boolean;
  keep: boolean;
}

const MAX_SEED = 2 ** 32 - 1;

/** @throws ConfigError that names the flag and what it takes */
export function chaosOptions(args: readonly string[]): Options {
  const flags = commandLine(args, FLAGS, USAGE);
  const { json, bugs, long, keep } = flags;
  return {
    seed: flags.seed === undefined ? Math.floor(Math.random() * MAX_SEED) : count('seed', flags.seed, 0, MAX_SEED),
    orders: count('orders', flags.orders, 1, 1_000_000),
    customers: count('customers', flags.customers, 1, 1000),
    ...{ json, bugs, long, keep },
  };
}

function count(flag: string, text: string, from: number, to: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < from || value > to) {
    throw new ConfigError(`--${flag} takes a number from ${from} to ${to}.\n\n${USAGE}`);
  }
  return value;
}
