import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningNotes, startNotes } from '../testing/notes/start-notes.ts';
import { type MetricFamily, readMetrics } from '../testing/read-metrics.ts';
import { eachEngine, type TestDatabase } from '../testing/test-database.ts';

eachEngine('a subgraph', (open, engine) => {
  let cluster: TestDatabase;
  let server: RunningNotes;
  beforeAll(async () => {
    cluster = await open();
    server = await startNotes(cluster);
  });
  afterAll(async () => {
    await server.stop();
    await cluster.close();
  });

  const scrape = async () => readMetrics(await server.metrics.scrape(), 'text');
  /** Values by all labels but `service`, as they come. */
  const valuesOf = (family: MetricFamily | undefined) =>
    Object.fromEntries(
      (family?.samples ?? []).map(({ labels: { service: _, ...labels }, value }) => [
        Object.values(labels).join(' ').trim(),
        value,
      ]),
    );

  test('counts the operations of the gateway under no name, and their errors by code', async () => {
    const explode = (how: string) => server.post({ query: `query Secret { explode(how: "${how}") }` });
    await server.post({ query: 'query Secret { note(id: "1") { id } }' });
    for (const how of ['coded', 'badInput', 'error', 'foreignCode', 'sql']) await explode(how);
    await server.post({ query: '{ nothing }' });
    await server.post({ query: '{' });
    // Refused before it was an operation.
    await server.post({ query: '{ note(id: "1") { id } }' }, 'Bearer x');
    const families = await scrape();
    expect(valuesOf(families.get('graphql_operations_total'))).toEqual({
      'other query success other': 1,
      'other query refused other': 2,
      'other query partial other': 3,
      'other unknown refused other': 2,
    });
    const errors = Object.entries(valuesOf(families.get('graphql_errors_total'))).filter(([, count]) => count > 0);
    expect(Object.fromEntries(errors)).toEqual({
      FORBIDDEN: 1,
      BAD_USER_INPUT: 1,
      INTERNAL_SERVER_ERROR: 3,
      GRAPHQL_VALIDATION_FAILED: 1,
      GRAPHQL_PARSE_FAILED: 1,
    });
    const counts = families
      .get('graphql_operation_duration_seconds')
      ?.samples.filter(({ name }) => /_count$/.test(name));
    expect(counts?.reduce((sum, { value }) => sum + value, 0)).toBe(8);
  });

  test('times each reference to an entity', async () => {
    const representations = ['1', '2', 'lost', 'burnt'].map((id) => ({ __typename: 'Note', id }));
    const query =
      'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Note { id } } }';
    await server.post({ query, variables: { representations } });
    const { samples = [] } = (await scrape()).get('graphql_entity_resolve_duration_seconds') ?? {};
    const counts = samples.filter(({ name }) => name.endsWith('_count'));
    expect(counts.map(({ labels, value }) => [labels.entity, labels.outcome, value]).sort()).toEqual([
      ['Note', 'failed', 1],
      ['Note', 'found', 2],
      ['Note', 'missing', 1],
    ]);
  });

  test('tells of its connections where it has some, and whether the server answers', async () => {
    expect((await fetch(`${server.adminUrl}/health/ready`)).status).toBe(200);
    const families = await scrape();
    const names = ['db_client_connections', 'db_client_connections_max', 'db_client_pending_requests'];
    if (engine === 'PGlite') {
      for (const name of [...names, 'external_service_up']) expect(families.has(name)).toBe(false);
      return;
    }
    expect(await server.metrics.scrape()).toContain('external_service_up{service="postgres"} 1');
    expect(valuesOf(families.get('db_client_connections_max'))).toEqual({ '': 10 });
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const entered = Array.from({ length: 10 }, () => Promise.withResolvers<void>());
    const holding = entered.map(({ resolve }) =>
      server.database.transaction(() => {
        resolve();
        return held;
      }),
    );
    await Promise.all(entered.map(({ promise }) => promise));
    const waiting = server.database.transaction(async () => {});
    // The scrape itself also wants a connection, for the outbox; the gauges of the pool are set before.
    const scraping = scrape();
    const [{ values }, { values: pending }] = await Promise.all([
      server.metrics.get('db_client_connections').get(),
      server.metrics.get('db_client_pending_requests').get(),
    ]);
    expect(values.map(({ labels, value }) => [labels.state, value])).toEqual([
      ['used', 10],
      ['idle', 0],
    ]);
    expect(pending.map(({ value }) => value)).toEqual([1]);
    release();
    await Promise.all([...holding, waiting, scraping]);
    expect(valuesOf((await scrape()).get('db_client_connections'))).toEqual({ used: 0, idle: 10 });
  });
});
