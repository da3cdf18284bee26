import { join } from 'node:path';
import type { SharedParts } from '@tributary/service-kit';
import { sandboxConfig } from './sandbox-config.ts';
import { type RunningSandboxProvider, startSandboxProvider } from './start-sandbox-provider.ts';

/** What a program that runs the whole graph on one machine tells the sandbox. */
export interface StandInOptions {
  host: string;
  /** 0 takes a free port. */
  port: number;
  dataFolder: string;
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Gives the secret of that name, the same to all. */
  secret(use: string): string;
  /** Where the graph's public routes answer. */
  publicUrl: string;
}

const FILE = 'sandbox-provider.sqlite';

/** The sandbox in place of a real provider, beside the subgraph, in its process. */
export const standIn = {
  /** Where it answers when nobody says otherwise; far from the subgraphs', which count up from 4001. */
  port: 4090,
  /** What it keeps in the data folder. */
  files: [FILE, `${FILE}-wal`, `${FILE}-shm`],
  start(
    { host, port, dataFolder, logLevel, secret, publicUrl }: StandInOptions,
    shared: Pick<SharedParts, 'logDestination'> = {},
  ): Promise<RunningSandboxProvider> {
    const config = sandboxConfig.parse({
      server: { host, port },
      log: { level: logLevel },
      file: join(dataFolder, FILE),
      apiKey: secret('payments.provider'),
      webhooks: { url: `${publicUrl}/webhooks/payments`, secret: secret('payments.webhooks') },
    });
    return startSandboxProvider(config, shared);
  },
} as const;
