// `npm run chaos`: breaks whatever can break while customers order, and checks that nothing is lost. Exits 0 only when
// every invariant holds.
import { ConfigError } from '@tributary/service-kit';
import { chaosCommand } from './chaos-command.ts';
import { chaosOptions } from './options.ts';

try {
  const isGood = await chaosCommand(chaosOptions(process.argv.slice(2)));
  process.exit(isGood ? 0 : 1);
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
}
