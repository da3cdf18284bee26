import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { renderChart } from '../../charts/testing/render-chart.ts';
import { graphClient, signIn } from './testing/graph-client.ts';
import { npmRun, npmStart } from './testing/npm-start.ts';

const PORT = 14_300;
const root = fileURLToPath(new URL('../../', import.meta.url));
const copy = mkdtempSync(join(tmpdir(), 'tributary-new-subgraph-'));

/** What a clone would hold, with changes that are not committed yet. */
beforeAll(() => {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root });
  for (const file of files
    .toString()
    .split('\0')
    .filter((name) => name !== '' && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file), { recursive: true, verbatimSymlinks: true });
  }
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

it('npm run new-subgraph makes a sixth one that composes, passes check, and answers', {
  timeout: 240_000,
}, async () => {
  const made = npmRun('new-subgraph', ['reviews'], copy);
  expect(await made.ended, made.output()).toBe(0);
  const composed = npmRun('graph', ['compose', '--check'], copy);
  expect(await composed.ended, composed.output()).toBe(0);
  expect(composed.output()).toContain('6 subgraphs');
  expect(existsSync(join(copy, 'subgraphs/reviews/events/reviews.item.added.v1.json'))).toBe(true);

  const charts = readFileSync(join(copy, 'charts/tributary/values.yaml'), 'utf8');
  expect(charts).toMatch(/^ {2}reviews: \{\}\n {2}users:/m);
  const { objects } = renderChart({
    chart: join(copy, 'charts/tributary'),
    values: { istio: { enabled: true }, defaults: { metrics: { monitor: 'PodMonitor' } } },
  });
  const named = objects.filter(({ metadata }) => metadata.name.startsWith('tributary-reviews'));
  expect(named.map(({ kind, metadata }) => `${kind} ${metadata.name.slice('tributary-'.length)}`).sort()).toEqual([
    'AuthorizationPolicy reviews-from-gateway',
    'ConfigMap reviews',
    'Deployment reviews',
    'DestinationRule reviews',
    'HorizontalPodAutoscaler reviews',
    'NetworkPolicy reviews',
    'PodDisruptionBudget reviews',
    'PodMonitor reviews',
    'Secret reviews-database',
    'Service reviews',
    'ServiceAccount reviews',
    'Sidecar reviews',
    'VirtualService reviews',
  ]);
  const gateway = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'tributary-gateway');
  expect(JSON.stringify(gateway)).toContain('http://tributary-reviews/graphql');

  await using graph = await npmStart(join(copy, '.tributary'), PORT, copy);
  const ask = graphClient(graph.url);
  const ada = await signIn(ask, 'ada@example.com', 'tributary-demo-1');
  const added = await ask(
    'mutation { addReviewsItem(input: { title: "Very good" }) { item { id title } errors { __typename } } }',
    {},
    ada,
  );
  expect(added.data.addReviewsItem).toMatchObject({ item: { title: 'Very good' }, errors: [] });
  const listed = await ask('{ reviewsItems { items { title } } products(first: 1) { nodes { name } } }');
  expect(listed.data.reviewsItems.items).toEqual([{ title: 'Very good' }]);
  expect(listed.data.products.nodes).toHaveLength(1);
});

it.each(['Reviews', 'x', '../orders', 'orders', '_template', 'gateway'])(
  'npm run new-subgraph refuses the name %s',
  async (name) => {
    const refused = npmRun('new-subgraph', [name], copy);
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toMatch(/Usage: npm run new-subgraph|is there already|is taken/);
  },
);
