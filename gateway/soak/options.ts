import { ConfigError, commandLine } from '@tributary/service-kit';

export const USAGE = `Usage: npm run soak [-- --seconds N]
  --seconds N   how long load and faults go on, default 600`;

/** @throws ConfigError that names the flag and what it takes */
export function soakOptions(args: readonly string[]): { seconds: number } {
  const { seconds } = commandLine(args, { seconds: { type: 'string', default: '600' } }, USAGE);
  if (!/^\d+$/.test(seconds) || Number(seconds) < 30) throw new ConfigError(`--seconds takes 30 or more.\n\n${USAGE}`);
  return { seconds: Number(seconds) };
}
