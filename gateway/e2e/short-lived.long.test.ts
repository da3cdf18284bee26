import { Agent, request } from 'node:http';
import { readMetrics } from '@tributary/service-kit/testing';
import { expect, it } from 'vitest';
import { json, startFakeSubgraph } from '../src/testing/fake-subgraph.ts';
import { compose } from '../src/testing/test-gateway.ts';
import { startWatchedGateway } from './testing/watched-gateway.ts';

const SDL = 'type Query { item: Item } type Item { id: ID! name: String }';
const CONFIG = {
  server: { host: '127.0.0.1', port: 0 },
  admin: { host: '127.0.0.1', port: 0 },
  log: { level: 'silent' },
  sharing: { inbound: false, subgraph: false },
  rateLimit: { limits: [{ key: 'ip', rate: 1_000_000, burst: 1_000_000 }] },
};
const CONNECTIONS = 8;
const ROUNDS = 4;
/** In a round. */
const REQUESTS = 10_000;
/** Of some 50 KiB that each takes. Those under way during a collection survive it. */
const MOST_KIB = 1;

/**
 * Whatever a long-lived object has is copied among the long-lived, also if it is dead; then a collection of young ones takes
 * ten times as long. V8 takes more for long-lived than one would think: see docs/performance.md.
 */
it('leaves nothing of its requests among what lives long', async () => {
  await using subgraph = await startFakeSubgraph({ name: 'items', sdl: SDL, resolvers: {} });
  subgraph.answerWith(json({ data: { item: { id: '1', name: 'one' } } }));
  await using gateway = await startWatchedGateway(CONFIG, compose([subgraph]), ['--max-semi-space-size=64']);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const body = JSON.stringify({ query: '{ item { id name } }' });
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  const ask = () =>
    new Promise<number | undefined>((resolve, reject) => {
      request(`${gateway.url}/graphql`, { method: 'POST', agent, headers }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      })
        .on('error', reject)
        .end(body);
    });
  const askAll = async () => {
    let left = REQUESTS;
    await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        while (left-- > 0) expect(await ask()).toBe(200);
      }),
    );
  };
  const old = async () => {
    const metrics = readMetrics(await (await fetch(`${gateway.adminUrl}/metrics`)).text(), 'text');
    const read = (family: string, suffix: string, label: string, value: string) => {
      const samples = metrics.get(family)?.samples ?? [];
      return samples.find(({ name, labels }) => name === family + suffix && labels[label] === value)?.value ?? 0;
    };
    return {
      bytes: read('nodejs_heap_space_size_used_bytes', '', 'space', 'old'),
      collections: read('nodejs_gc_duration_seconds', '_count', 'kind', 'major'),
    };
  };
  await askAll();
  const kib: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = await old();
    await askAll();
    const after = await old();
    expect(before.bytes).toBeGreaterThan(0);
    // Then it is smaller than it was, whatever came to it.
    if (after.collections === before.collections) kib.push((after.bytes - before.bytes) / 1024 / REQUESTS);
  }
  agent.destroy();
  console.log(`KiB a request: ${kib.map((each) => each.toFixed(1))}`);
  expect(kib.length).toBeGreaterThan(0);
  expect(Math.max(...kib)).toBeLessThan(MOST_KIB);
}, 120_000);
