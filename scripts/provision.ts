// `provision.ts --passwords FOLDER`: the services' roles in a PostgreSQL that they share. In a cluster a Job runs it.
import { ConfigError, exitAtOnceOnSignals } from '../packages/service-kit/src/index.ts';
import { provisionOptions } from './provision/provision-options.ts';
import { runProvision } from './provision/run-provision.ts';

exitAtOnceOnSignals();
try {
  const options = provisionOptions(process.argv.slice(2), process.env.TRIBUTARY_ADMIN_DATABASE__URL);
  process.exit((await runProvision(options)) ? 0 : 1);
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : `Provisioning failed: ${(error as Error).name}`);
  process.exit(1);
}
