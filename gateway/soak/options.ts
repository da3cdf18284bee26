import { bytes, ConfigError, commandLine } from '@tributary/service-kit';

export const USAGE = `Usage: npm run soak [-- --seconds N] [--memory SIZE]
  --seconds N     how long load and faults go on, default 600
  --memory SIZE   what the gateway's container is said to have, such as 512MiB: it sizes itself by it, and taking
                  more is a finding. Default: no limit`;

export interface SoakOptions {
  seconds: number;
  memoryBytes: number | undefined;
}

/** @throws ConfigError that names the flag and what it takes */
export function soakOptions(args: readonly string[]): SoakOptions {
  const flags = { seconds: { type: 'string', default: '600' }, memory: { type: 'string' } } as const;
  const { seconds, memory } = commandLine(args, flags, USAGE);
  if (!/^\d+$/.test(seconds) || Number(seconds) < 30) throw new ConfigError(`--seconds takes 30 or more.\n\n${USAGE}`);
  const size = memory === undefined ? undefined : bytes().safeParse(memory);
  if (size?.success === false) throw new ConfigError(`--memory takes a size such as 512MiB.\n\n${USAGE}`);
  return { seconds: Number(seconds), memoryBytes: size?.data };
}
