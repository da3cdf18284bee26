import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { commandLine } from '../config/command-line.ts';
import { ConfigError, loadConfig } from '../config/load-config.ts';
import type { subgraphConfig } from '../config/service-config.ts';
import { exitOnSignals } from '../lifecycle/exit-on-signals.ts';
import { errorFields } from '../log/error-fields.ts';
import type { SubgraphDefinition } from './define-subgraph.ts';
import { startSubgraph } from './start-subgraph.ts';

const USAGE = 'Usage: main.ts [--config FILE]';

/**
 * A subgraph as a process of its own: reads `config.yaml` beside it, then `--config FILE`, then the environment;
 * serves until SIGTERM or SIGINT. Exits 1 when it cannot start.
 */
export async function runSubgraph<S extends typeof subgraphConfig>(definition: SubgraphDefinition<S>): Promise<void> {
  try {
    const { config } = commandLine(process.argv.slice(2), { config: { type: 'string' } }, USAGE);
    const ownFile = fileURLToPath(new URL('config.yaml', definition.folder));
    const files = [...(existsSync(ownFile) ? [ownFile] : []), ...(config === undefined ? [] : [config])];
    const subgraph = await startSubgraph(definition, loadConfig(definition.config, { files }));
    exitOnSignals(() => subgraph.stop(), subgraph.log);
  } catch (error) {
    console.error(error instanceof ConfigError ? error.message : errorFields(error));
    process.exit(1);
  }
}
