import { ConfigError, exitOnSignals } from '@tributary/service-kit';
import { configFromCommandLine } from './command-line.ts';
import { startGateway } from './start-gateway.ts';

try {
  const gateway = await startGateway(configFromCommandLine(process.argv.slice(2)));
  exitOnSignals(() => gateway.stop(), gateway.log);
  console.log(`Gateway is ready: ${gateway.url}/graphql`);
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
}
