import { ConfigError, createLogger, exitOnSignals } from '@tributary/service-kit';
import { localOptions } from './options.ts';
import { readyMessage } from './ready-message.ts';
import { startLocal } from './start-local.ts';

try {
  const starting = startLocal(localOptions(process.argv.slice(2)));
  exitOnSignals(async () => (await starting).stop(), createLogger({ service: 'local', level: 'warn' }));
  console.log(readyMessage(await starting));
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
}
