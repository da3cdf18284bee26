import { ConfigError, createLogger, errorFields, exitOnSignals } from '@tributary/service-kit';
import { localOptions, USAGE } from './options.ts';
import { readyMessage } from './ready-message.ts';
import { startLocal } from './start-local.ts';

const args = process.argv.slice(2);
if (args.includes('--help')) {
  console.log(USAGE);
  process.exit(0);
}
try {
  const starting = startLocal(localOptions(args));
  exitOnSignals(async () => (await starting).stop(), createLogger({ service: 'local', level: 'warn' }));
  console.log(readyMessage(await starting));
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : errorFields(error));
  process.exit(1);
}
