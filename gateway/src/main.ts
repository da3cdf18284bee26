import { ConfigError, errorFields, exitAtOnceOnSignals, exitOnSignals } from '@tributary/service-kit';
import { configFromCommandLine, USAGE } from './command-line.ts';
import { startGateway } from './start-gateway.ts';

const args = process.argv.slice(2);
if (args.includes('--help')) {
  console.log(USAGE);
  process.exit(0);
}
const release = exitAtOnceOnSignals();
try {
  const gateway = await startGateway(configFromCommandLine(args));
  exitOnSignals(() => gateway.stop(), gateway.log);
  release();
  console.log(`Gateway is ready: ${gateway.url}/graphql`);
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : errorFields(error));
  process.exit(1);
}
