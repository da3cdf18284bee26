import type { Metrics } from '@tributary/service-kit';
import { type MetricFamily, readMetrics, type Sample, until } from '@tributary/service-kit/testing';
import { afterEach, expect, it } from 'vitest';
import type { RawAnswer } from './testing/fake-subgraph.ts';
import { startTestGateway, type TestGateway } from './testing/test-gateway.ts';

let started: TestGateway | undefined;
afterEach(() => started?.stop());

const start: typeof startTestGateway = async (config) => {
  started = await startTestGateway(config);
  return started;
};

const familiesOf = async ({ metrics }: { metrics: Metrics }): Promise<Map<string, MetricFamily>> =>
  readMetrics(await metrics.scrape(), 'text');

/** Values of a metric by one of its labels, of the series that have the others. */
async function valuesOf(gateway: TestGateway, name: string, label: string, others: Record<string, string> = {}) {
  const has = ({ labels }: Sample) => Object.entries(others).every(([key, value]) => labels[key] === value);
  const samples = (await familiesOf(gateway)).get(name)?.samples.filter(has) ?? [];
  return Object.fromEntries(samples.map(({ labels, value }) => [labels[label], value]));
}

/** Lets a subgraph wait with its answers until `release` is called. */
function holdUp(subgraph: TestGateway['books'], data: object) {
  const held: (() => void)[] = [];
  const answer: RawAnswer = (_request, response) =>
    held.push(() => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data })));
  subgraph.answerWith(answer);
  return {
    held,
    release() {
      for (const each of held.splice(0)) each();
    },
  };
}

const TITLES = '{ books { title } }';
const EMMA = { books: [{ title: 'Emma' }] };

it('tells whether plans were there, and how many are kept', async () => {
  const gateway = await start();
  const lookups = () => valuesOf(gateway, 'graphql_plan_cache_lookups_total', 'outcome');
  expect(await lookups()).toEqual({ hit: 0, shared: 0, miss: 0 });
  await gateway.ask(TITLES);
  await gateway.ask(TITLES);
  // The same plan, of another document.
  await gateway.ask('query Another { books { title } }');
  expect(await lookups()).toEqual({ hit: 2, shared: 0, miss: 1 });
  await Promise.all(['One', 'Other'].map((name) => gateway.ask(`query ${name} { books { pages title } }`)));
  const { hit, shared, miss } = await lookups();
  // Whether the second came in time to share the plan that was made for the first is a matter of luck.
  expect([(hit ?? 0) + (shared ?? 0), miss]).toEqual([3, 2]);
  expect((await familiesOf(gateway)).get('graphql_plan_cache_entries')?.samples[0]?.value).toBe(2);
});

it('tells of fetches that one answer was enough for', async () => {
  const gateway = await start({ sharing: { inbound: false, subgraph: true } });
  await gateway.ask(TITLES);
  const { held, release } = holdUp(gateway.books, EMMA);
  const answers = Promise.all([1, 2, 3].map(() => gateway.ask(TITLES)));
  const underWay = 'graphql_plan_cache_lookups_total';
  await until('all three', async () => (await valuesOf(gateway, underWay, 'outcome')).hit === 3 && held.length > 0);
  release();
  await answers;
  expect(await valuesOf(gateway, 'graphql_subgraph_fetches_shared_total', 'subgraph')).toEqual({
    books: 2,
    reviews: 0,
  });
});

it('tells of fetches that were sent once more', async () => {
  const gateway = await start();
  await gateway.ask(TITLES);
  await gateway.books.close();
  expect((await gateway.ask(TITLES)).errors?.[0]?.extensions.code).toBe('SUBGRAPH_UNAVAILABLE');
  const retries = await valuesOf(gateway, 'graphql_subgraph_retries_total', 'subgraph');
  // The connection that was there is found to be closed at first, perhaps.
  if (retries.books === 0) await gateway.ask(TITLES);
  expect(await valuesOf(gateway, 'graphql_subgraph_retries_total', 'subgraph')).toEqual({ books: 1, reviews: 0 });
});

it('tells of connections to subgraphs, and of who waits for one', async () => {
  const gateway = await start({ subgraphRequest: { connections: 1 } });
  const stats = async () => ({
    ...(await valuesOf(gateway, 'http_client_connections', 'state', { subgraph: 'books' })),
    ...(await valuesOf(gateway, 'http_client_pending_requests', 'subgraph')),
  });
  await gateway.ask(TITLES);
  await until('its connection to be idle', async () => (await stats()).idle === 1);
  expect(await stats()).toEqual({ active: 0, idle: 1, books: 0, reviews: 0 });
  const { held, release } = holdUp(gateway.books, EMMA);
  const answers = Promise.all([gateway.ask(TITLES), gateway.ask(TITLES)]);
  await until('one who waits', async () => (await stats()).books === 1);
  expect(await stats()).toEqual({ active: 1, idle: 0, books: 1, reviews: 0 });
  release();
  await until('the other', () => held.length === 1);
  release();
  await answers;
});

it('leads from buckets to the trace of a sampled request, by OpenMetrics', async () => {
  const gateway = await start();
  const TRACE = '0af7651916cd43dd8448eb211c80319c';
  const ask = (flags: string, trace: string) =>
    gateway.ask(TITLES, { headers: { traceparent: `00-${trace}-b7ad6b7169203331-${flags}` } });
  await ask('00', 'f'.repeat(32));
  await ask('01', TRACE);
  const counted = 'http_requests_total';
  await until('both to be counted', async () => (await valuesOf(gateway, counted, 'status'))[200] === 2);
  const response = await fetch(`${gateway.adminUrl}/metrics`, { headers: { accept: 'application/openmetrics-text' } });
  expect(response.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
  const families = readMetrics(await response.text(), 'openmetrics');
  const withExemplars = [...families.values()].flatMap(({ name, samples }) =>
    samples.flatMap(({ exemplar }) => (exemplar === undefined ? [] : [[name, exemplar.labels.trace_id]])),
  );
  expect(withExemplars.sort()).toEqual([
    ['graphql_operation_cost', TRACE],
    ['graphql_operation_duration_seconds', TRACE],
    ['graphql_subgraph_fetch_duration_seconds', TRACE],
    ['http_request_duration_seconds', TRACE],
  ]);
});

it('has no more series than before, whatever clients call themselves, their operations and their paths', async () => {
  const gateway = await start();
  const seriesOf = async () => {
    const families = await familiesOf(gateway);
    return new Set(
      [...families.values()].flatMap(({ samples }) =>
        samples.map(({ name, labels }) => JSON.stringify([name, labels])),
      ),
    );
  };
  const random = () => `n${Math.random().toString(36).slice(2)}`;
  const ask = async () => {
    const headers = { 'apollographql-client-name': random(), 'apollographql-client-version': random() };
    await gateway.ask(`query ${random()} { books { title } }`, { headers });
    await gateway.ask(`query ${random()} { ${random()} }`, { headers });
    await gateway.ask(random(), { headers });
    const answers = ['PURGE', 'LOCK', 'MKCOL', 'PROPFIND'].map((method) => fetch(`${gateway.url}/graphql`, { method }));
    await Promise.all([...answers, fetch(`${gateway.url}/${random()}/${random()}?${random()}`)]);
  };
  await ask();
  const total = async () =>
    (await familiesOf(gateway)).get('http_requests_total')?.samples.reduce((sum, { value }) => sum + value, 0);
  await until('all to be counted', async () => (await total()) === 8);
  const before = await seriesOf();
  for (let turn = 0; turn < 20; turn++) await ask();
  await until('all to be counted', async () => (await total()) === 21 * 8);
  expect([...(await seriesOf()).difference(before)]).toEqual([]);
});
