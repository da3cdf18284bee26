import { until } from '@tributary/service-kit/testing';
import { expect, it } from 'vitest';
import { watchedGraph } from '../testing/watched-graph.ts';

const MINUTE_MS = 60_000;

it('a gateway serves what graph compose --watch composes, and nothing that does not compose', {
  timeout: 2 * MINUTE_MS,
}, async () => {
  await using graph = await watchedGraph();
  const serves = (query: string) =>
    until(`${query} is asked`, async () => (await graph.codeOf(query)) === 'SUBGRAPH_UNAVAILABLE', MINUTE_MS);

  expect(await graph.codeOf('{ added }')).toBe('GRAPHQL_VALIDATION_FAILED');
  const startedMs = performance.now();
  graph.extend(3, 'extend type Query { added: Int }');
  await serves('{ added }');
  process.stdout.write(`  served after ${Math.round(performance.now() - startedMs)} ms\n`);

  graph.extend(7, 'extend type Query { other: Missing }');
  await until('it does not compose', () => graph.output().includes('1 error: not in order'), MINUTE_MS);
  graph.extend(3, 'extend type Query { renamed: Int }');
  graph.extend(7, 'extend type Query { other: Int }');
  await serves('{ other }');
  expect(await graph.codeOf('{ renamed }')).toBe('SUBGRAPH_UNAVAILABLE');
  expect(await graph.codeOf('{ added }')).toBe('GRAPHQL_VALIDATION_FAILED');
});
