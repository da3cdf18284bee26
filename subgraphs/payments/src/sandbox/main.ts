import { ConfigError, errorFields, exitOnSignals } from '@tributary/service-kit';
import { sandboxOptions, USAGE } from './sandbox-options.ts';
import { startSandboxProvider } from './start-sandbox-provider.ts';

const args = process.argv.slice(2);
if (args.includes('--help')) {
  console.log(USAGE);
  process.exit(0);
}
try {
  const sandbox = await startSandboxProvider(sandboxOptions(args));
  exitOnSignals(() => sandbox.stop(), sandbox.log);
  console.log(`Sandbox provider is ready: ${sandbox.url}`);
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : errorFields(error));
  process.exit(1);
}
