import { commandLine, loadConfig } from '@tributary/service-kit';
import { type SandboxConfig, sandboxConfig } from './sandbox-config.ts';

const FLAGS = {
  port: { type: 'string' },
  data: { type: 'string' },
  'webhook-url': { type: 'string' },
  'webhook-duplicates': { type: 'string' },
  'webhook-shuffle': { type: 'boolean' },
} as const;

export const USAGE = `Usage: npm run sandbox-provider -- --data FILE [FLAGS]
  --data FILE              the SQLite file with the ledger; made when it is not there
  --port N                 where it answers, default 4090; 0 takes a free port
  --webhook-url URL        where it reports what happened, such as http://127.0.0.1:4003/webhooks/payments
  --webhook-duplicates N   sends each report N times
  --webhook-shuffle        sends reports in any order
Secrets come from the environment: TRIBUTARY_API_KEY, TRIBUTARY_WEBHOOKS__SECRET; 32 characters or more.`;

/** The configuration: flags over the environment. @throws ConfigError that names what is wrong. */
export function sandboxOptions(args: readonly string[], environment = process.env): SandboxConfig {
  const flags = commandLine(args, FLAGS, USAGE);
  return loadConfig(sandboxConfig, {
    environment,
    overrides: {
      ...(flags.data === undefined ? {} : { file: flags.data }),
      ...(flags.port === undefined ? {} : { server: { port: Number(flags.port) } }),
      webhooks: {
        ...(flags['webhook-url'] === undefined ? {} : { url: flags['webhook-url'] }),
        ...(flags['webhook-duplicates'] === undefined ? {} : { duplicates: Number(flags['webhook-duplicates']) }),
        ...(flags['webhook-shuffle'] === undefined ? {} : { shuffle: flags['webhook-shuffle'] }),
      },
    },
  });
}
