import { parseArgs } from 'node:util';
import { nearest } from '@tributary/service-kit';
import { UsageError } from './commands/command.ts';

type Flag = { type: 'boolean'; default: boolean } | { type: 'string'; default?: string; oneOf?: readonly string[] };
type Values<F extends Record<string, Flag>> = {
  [K in keyof F]: F[K] extends { type: 'boolean' }
    ? boolean
    : F[K] extends { default: string }
      ? string
      : string | undefined;
};

/** @throws UsageError for a flag that is not known (naming the nearest), lacks its value, or has one that is not allowed. */
export function parseFlags<const F extends Record<string, Flag>>(args: string[], flags: F): Values<F> {
  for (const arg of args) {
    const name = /^--([^=]+)/.exec(arg)?.[1];
    if (name === undefined || name in flags) continue;
    const near = nearest(name, Object.keys(flags));
    throw new UsageError(`Unknown flag --${name}${near === undefined ? '.' : `; did you mean --${near}?`}`);
  }
  let values: Record<string, unknown>;
  try {
    values = parseArgs({ args, options: flags as never }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  for (const [name, flag] of Object.entries(flags)) {
    const value = values[name];
    if (flag.type === 'string' && flag.oneOf !== undefined && !flag.oneOf.includes(String(value))) {
      throw new UsageError(`--${name} takes one of ${flag.oneOf.join(', ')}.`);
    }
  }
  return values as Values<F>;
}
