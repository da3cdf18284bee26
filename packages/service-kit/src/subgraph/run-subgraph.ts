import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { commandLine } from '../config/command-line.ts';
import { ConfigError, loadConfig } from '../config/load-config.ts';
import type { subgraphConfig } from '../config/service-config.ts';
import { exitAtOnceOnSignals } from '../lifecycle/exit-at-once-on-signals.ts';
import { exitOnSignals } from '../lifecycle/exit-on-signals.ts';
import { errorFields } from '../log/error-fields.ts';
import type { SubgraphDefinition } from './define-subgraph.ts';
import { migrateSubgraph } from './migrate-subgraph.ts';
import { startSubgraph } from './start-subgraph.ts';

const OPTIONS = { config: { type: 'string' }, migrate: { type: 'boolean', default: false } } as const;
const USAGE = `Usage: main.ts [--config FILE] [--migrate]
  --config   YAML, over config.yaml beside the program and under the environment
  --migrate  applies the migrations that the database lacks, and ends`;

/**
 * A subgraph as a process of its own: reads `config.yaml` beside it, then `--config FILE`, then the environment;
 * serves until SIGTERM or SIGINT. Exits 1 when it cannot start.
 *
 * With `--migrate` it only applies its migrations, and exits 0, or 1 when it could not. The whole configuration is
 * checked then too: what is wrong is known before the service is started with the same.
 */
export async function runSubgraph<S extends typeof subgraphConfig>(definition: SubgraphDefinition<S>): Promise<void> {
  const release = exitAtOnceOnSignals();
  try {
    const { config: file, migrate } = commandLine(process.argv.slice(2), OPTIONS, USAGE);
    const ownFile = fileURLToPath(new URL('config.yaml', definition.folder));
    const files = [...(existsSync(ownFile) ? [ownFile] : []), ...(file === undefined ? [] : [file])];
    const config = loadConfig(definition.config, { files });
    if (migrate) process.exit((await migrateSubgraph(definition, config)) ? 0 : 1);
    const subgraph = await startSubgraph(definition, config);
    exitOnSignals(() => subgraph.stop(), subgraph.log);
    release();
  } catch (error) {
    console.error(error instanceof ConfigError ? error.message : errorFields(error));
    process.exit(1);
  }
}
