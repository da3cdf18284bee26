// `npm run bundle -- SERVICE OUT`: what a container image of the service holds, in an empty or new folder (docs/images.md).
// `npm run bundle -- --list`: the services, one a line.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allServices } from './bundle/all-services.ts';
import { buildBundle } from './bundle/build-bundle.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const [service, out, ...others] = process.argv.slice(2);
if (service === '--list' && out === undefined) {
  console.log(allServices(root).join('\n'));
  process.exit(0);
}
if (service === undefined || out === undefined || others.length > 0) {
  console.error('Usage: npm run bundle -- SERVICE OUT | --list');
  process.exit(1);
}
try {
  const startedMs = performance.now();
  const { codeBytes, files, packages } = await buildBundle(root, service, resolve(out));
  const size = `${(codeBytes / 2 ** 20).toFixed(1)} MiB of code in ${files} files`;
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${service}: ${size}, of ${packages.length} npm packages and the repository (${seconds} s)`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
