import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildBundle } from '../../../scripts/bundle/build-bundle.ts';

/**
 * Bundles services as for their images, each with a program beside its own that can be killed at named steps. A process
 * that is killed every few seconds mostly starts, and a bundle starts in a third of the time.
 *
 * @param root the sources
 * @returns by service, its program
 */
export async function bundleServices(
  root: string,
  services: readonly string[],
  folder: string,
): Promise<ReadonlyMap<string, string>> {
  mkdirSync(folder, { recursive: true });
  const bundled = services.map(async (service): Promise<[string, string]> => {
    const entry = join(folder, `${service}.ts`);
    writeFileSync(entry, entryOf(root, service));
    const out = join(folder, service);
    await buildBundle(root, service, out, { killable: entry });
    return [service, join(out, 'dist', 'killable.js')];
  });
  return new Map(await Promise.all(bundled));
}

const entryOf = (root: string, service: string) => `
import { runService } from '${join(root, 'chaos/src/graph/service-process.ts')}';
import { subgraph } from '${join(root, `subgraphs/${service}/src/index.ts`)}';
await runService('${service}', subgraph);
`;
