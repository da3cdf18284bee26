// Part of `.ci/images`: starts every image as the chart does, buys something, and stops some of them under load.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anonymous, createServiceIdentityIssuer } from '../../packages/service-kit/src/index.ts';
import { until } from '../../packages/service-kit/src/testing/until.ts';
import { startLoad } from './load.ts';
import { type ImageGraph, runGraph } from './run-graph.ts';
import { stopUnderLoad } from './stop-under-load.ts';

const BROWSE = { query: '{ products(first: 12) { nodes { id name price { amountMinor } inStock } } }' };

const folder = mkdtempSync(join(tmpdir(), 'tributary-images-'));
try {
  await using graph = await runGraph(folder, (service) => `tributary/${service}:ci`);
  const gatewayUrl = `http://127.0.0.1:${graph.at.gateway}`;
  console.log((await graph.tool('dist/demo.js', '--url', gatewayUrl)).split('\n').at(-1));
  console.log(await graph.tool('dist/events.js', 'list'));
  await checkGraphiql(gatewayUrl);
  for (const { name, readyAfterMs, memory } of graph.containers.values()) {
    console.log(`${name}: ready after ${(readyAfterMs / 1000).toFixed(1)} s, memory ${await memory()}`);
  }
  const { gateway } = Object.fromEntries(graph.containers);
  if (gateway === undefined) throw new Error('There is no gateway.');
  await until('the health check of the gateway', async () => (await gateway.health()) === 'healthy', 60_000);
  console.log(await stopUnderLoad(gateway, startLoad(`${gatewayUrl}/graphql`, BROWSE)));
  await stopSubgraph(graph);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Its page and script come from a package's own data, which a bundle has to carry along. */
async function checkGraphiql(gatewayUrl: string): Promise<void> {
  const page = await (await fetch(`${gatewayUrl}/graphiql`)).text();
  const script = /<link rel="modulepreload" href="([^"]+)"/.exec(page)?.[1] ?? '';
  const { status, headers } = await fetch(new URL(script, gatewayUrl));
  if (status !== 200 || !headers.get('content-type')?.includes('javascript'))
    throw new Error('GraphiQL has no script.');
}

/** Asked directly, as the gateway asks it. */
async function stopSubgraph({ at, secrets, containers }: ImageGraph): Promise<void> {
  const inventory = containers.get('inventory');
  if (inventory === undefined) throw new Error('There is no inventory.');
  const issuer = await createServiceIdentityIssuer('gateway', secrets.gatewayKeys.privateKey);
  const authorization = `Bearer ${await issuer.issue('inventory', anonymous)}`;
  const load = startLoad(`http://127.0.0.1:${at.entry.inventory}/graphql`, BROWSE, { authorization });
  console.log(await stopUnderLoad(inventory, load));
}
