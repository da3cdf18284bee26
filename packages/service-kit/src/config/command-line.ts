import { type ParseArgsConfig, parseArgs } from 'node:util';
import { ConfigError } from './load-config.ts';

/** The flags that a program was started with. @throws ConfigError that says what is wrong, with the usage. */
export function commandLine<O extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: O,
  usage: string,
) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new ConfigError(`${(error as Error).message}\n\n${usage}`);
  }
}
