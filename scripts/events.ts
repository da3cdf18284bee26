// `npm run events -- list|redrive|discard|replay`: what an operator does about events that went wrong.
import { ConfigError } from '../packages/service-kit/src/index.ts';
import { eventsOptions } from './events/events-options.ts';
import { openOperator } from './events/open-operator.ts';
import { runCommand } from './events/run-command.ts';

try {
  const options = eventsOptions(process.argv.slice(2), process.env.TRIBUTARY_DATABASE__URL);
  await using opened = await openOperator(options);
  for (const line of await runCommand(opened.operator, options)) console.log(line);
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : `The database refused: ${(error as Error).name}`);
  process.exitCode = 1;
}
