import { parseArgs } from 'node:util';
import type { ContenderName } from './contenders/contender.ts';
import { CONTENDERS } from './contenders/contenders.ts';

/** What is alike between the requests of a run, and what gateways may make of it. */
export type Mode = 'off' | 'distinct' | 'sharing';

const MODES: readonly Mode[] = ['off', 'distinct', 'sharing'];

const NAMES: readonly ContenderName[] = CONTENDERS.map(({ name }) => name);

export interface Flags {
  /** Of one run, of which there are `rounds` for each row. */
  readonly seconds: number;
  readonly rounds: number;
  readonly only: readonly ContenderName[];
  readonly modes: readonly Mode[];
  readonly json: string | undefined;
  /** No load and no times: the answers, and what they cost in subgraph requests. */
  readonly quick: boolean;
}

export const USAGE = `Usage: npm run bench [-- gateways] [flags]
  --quick       no load: checks each gateway's answers and how many subgraph requests they take; exits 1 if not so
  --seconds N   of one run, default 5
  --rounds N    runs of each row, of which the medians are printed, default 3
  --only NAMES  ${NAMES.join(',')}; default: all, with --quick those that need no installation
  --mode NAMES  ${MODES.join(',')}; default: all
  --json FILE   each run's figures`;

const OPTIONS = {
  quick: { type: 'boolean', default: false },
  seconds: { type: 'string', default: '5' },
  rounds: { type: 'string', default: '3' },
  only: { type: 'string' },
  mode: { type: 'string' },
  json: { type: 'string' },
} as const;

/** @throws Error, whose message is for the user, for flags that make no sense */
export function readFlags(args: string[]): Flags {
  const { values } = parseArgs({ args, options: OPTIONS });
  const usual = CONTENDERS.filter(({ installed }) => !(values.quick && installed));
  return {
    seconds: positive('--seconds', values.seconds),
    rounds: positive('--rounds', values.rounds),
    only: values.only === undefined ? usual.map(({ name }) => name) : chosen('--only', values.only, NAMES),
    modes: values.mode === undefined ? MODES : chosen('--mode', values.mode, MODES),
    json: values.json,
    quick: values.quick,
  };
}

function positive(flag: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`${flag} takes a whole number from 1 on, not ${text}`);
  return Number(text);
}

function chosen<Name extends string>(flag: string, text: string, names: readonly Name[]): Name[] {
  return text.split(',').map((each) => {
    const name = names.find((known) => known === each);
    if (name === undefined) throw new Error(`${flag} takes ${names.join(', ')}, not ${each}`);
    return name;
  });
}
