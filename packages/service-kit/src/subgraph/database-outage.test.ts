import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { errorCatalogue } from '../errors/catalogue.ts';
import { inProcessBus } from '../events/in-process-bus.ts';
import { type DatabaseNetwork, type Outage, startDatabaseNetwork } from '../testing/database-network.ts';
import { notesFolder } from '../testing/notes/notes.ts';
import { type Answer, type RunningNotes, startNotes } from '../testing/notes/start-notes.ts';
import { createPostgresDatabase, type PostgresTestDatabase } from '../testing/postgres-test-database.ts';
import { until } from '../testing/until.ts';

/** The row says 60 s: `OUTAGE_SECONDS=60 npm test -- packages/service-kit/src/subgraph/database-outage`. */
const OUTAGE_MS = Number(process.env.OUTAGE_SECONDS ?? 4) * 1000;
const TEST_TIMEOUT_MS = OUTAGE_MS + 30_000;
const CLIENTS = 4;
const PAUSE_MS = 100;
const QUICK_ANSWERS = 12 * CLIENTS;
const POOL_SIZE = 10;
/** For timers, and what a subgraph does besides. */
const SLACK_MS = 200;
const ERRORS_WITHIN_MS = 1000;
const UUID = '018f0000-0000-7000-8000-000000000001';
/** Its answer counts the rows of a table. */
const READING = {
  query: `{ _entities(representations: [{ __typename: "Note", id: "${UUID}" }]) { ... on Note { text } } }`,
};

interface Asked {
  startedMs: number;
  endedMs: number;
  answer: Answer;
}

/** Both outages at the same time, each of a database and a network of its own. */
describe.skipIf(inject('postgresAdminUrl') === undefined).concurrent('Database down', () => {
  const parts = new AsyncDisposableStack();
  const outages = new Map<Outage, { server: PostgresTestDatabase; network: DatabaseNetwork; notes: RunningNotes }>();
  beforeAll(async () => {
    for (const how of ['refuse', 'silence'] as const) {
      const server = await createPostgresDatabase();
      parts.defer(() => server.drop());
      await server.provision('notes');
      const network = parts.use(await startDatabaseNetwork(server.urlOf('notes')));
      const database = { url: network.url, poolSize: POOL_SIZE };
      const notes = await startNotes(undefined, { database }, notesFolder, { bus: inProcessBus() });
      parts.defer(() => notes.stop());
      outages.set(how, { server, network, notes });
    }
  });
  afterAll(() => parts.disposeAsync());

  test.each(['refuse', 'silence'] as const)(
    '%s: errors in time, no leaked connection, good again within 5 s, no restart: readiness fails, liveness does not',
    async (how) => {
      const { server, network, notes } = outages.get(how) ?? expect.fail();
      const load = startLoad(notes);
      // A server that has just been slow is given longer.
      await until('good, quick answers', () => {
        const latest = load.asked.slice(-QUICK_ANSWERS);
        return latest.length === QUICK_ANSWERS && latest.every((each) => isGood(each) && tookMs(each) < 100);
      });
      expect(await health(notes)).toEqual({ ready: 200, live: 200 });

      if (how === 'refuse') await endConnections(server);
      await network.fail(how);
      const lateness = monitorEventLoopDelay();
      lateness.enable();
      const downMs = performance.now();
      const seen: { ready: number; live: number }[] = [];
      while (performance.now() < downMs + OUTAGE_MS) {
        seen.push(await health(notes));
        await delay(200);
      }
      await network.heal();
      const upMs = performance.now();
      const recovered = await until('a good answer', () =>
        load.asked.find((each) => each.startedMs > downMs && isGood(each)),
      );
      await until('readiness', async () => (await health(notes)).ready === 200);
      const readyMs = performance.now();
      await load.stop();
      lateness.disable();

      const during = load.asked.filter((each) => each.startedMs > downMs && each.startedMs < upMs && !isGood(each));
      const longestMs = Math.max(...during.map(tookMs));
      console.info(
        `${how}, ${OUTAGE_MS} ms: ${during.length} queries failed, the longest in ${longestMs.toFixed(0)} ms; ` +
          `the first good answer ${(recovered.endedMs - upMs).toFixed(0)} ms after it, ready ${(readyMs - upMs).toFixed(0)} ms after it`,
      );
      const answeredDuring = load.asked.filter(({ startedMs, endedMs }) => startedMs > downMs && endedMs < upMs);
      expect(answeredDuring.length).toBeGreaterThan(CLIENTS);
      expect(answeredDuring.filter(isGood)).toEqual([]);
      const codes = how === 'silence' ? ['SERVICE_UNAVAILABLE'] : Object.keys(errorCatalogue);
      for (const { answer } of during) expect(codesOf(answer)).toEqual([expect.toBeOneOf(codes)]);
      // Less what this process itself, with everything else that runs on this machine, was late by.
      expect(longestMs - lateness.max / 1e6).toBeLessThan(ERRORS_WITHIN_MS + SLACK_MS);
      expect(new Set(seen.map(({ live }) => live))).toEqual(new Set([200]));
      expect(new Set(seen.map(({ ready }) => ready))).toEqual(new Set([503]));
      expect(recovered.endedMs - upMs).toBeLessThan(5000);
      expect(readyMs - upMs).toBeLessThan(5000);

      // It tries again each second.
      await until('the listener', async () => (await connectionsOf(server))['notes listener'] === 1);
      const connections = await connectionsOf(server);
      expect(Object.keys(connections).sort()).toEqual(['notes', 'notes listener']);
      expect(connections.notes).toBeLessThanOrEqual(POOL_SIZE);
      const told = load.asked.map(({ answer }) => answer.text).join('') + notes.logText();
      expect(told).not.toContain(server.password);
      expect(told).not.toMatch(/terminating connection|Failed query|select |params/i);
    },
    TEST_TIMEOUT_MS,
  );
});

const codesOf = ({ body }: Answer): string[] =>
  (body.errors ?? []).map((error: { extensions: { code: string } }) => error.extensions.code);

const isGood = ({ answer }: Pick<Asked, 'answer'>) => answer.status === 200 && answer.body.errors === undefined;

const tookMs = ({ startedMs, endedMs }: Pick<Asked, 'startedMs' | 'endedMs'>) => endedMs - startedMs;

/** Clients that ask one after the other, with a short pause. */
function startLoad(notes: RunningNotes) {
  const asked: Asked[] = [];
  let stopped = false;
  const clients = Array.from({ length: CLIENTS }, async () => {
    while (!stopped) {
      const startedMs = performance.now();
      const answer = await notes.post(READING);
      asked.push({ startedMs, endedMs: performance.now(), answer });
      await delay(PAUSE_MS);
    }
  });
  return {
    asked,
    stop() {
      stopped = true;
      return Promise.all(clients);
    },
  };
}

async function health({ adminUrl }: RunningNotes) {
  const [ready, live] = await Promise.all(['ready', 'live'].map((path) => fetch(`${adminUrl}/health/${path}`)));
  return { ready: ready?.status ?? 0, live: live?.status ?? 0 };
}

/** As a server does that shuts down. */
const endConnections = (server: PostgresTestDatabase) =>
  server.asAdmin(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'notes%'",
  );

/** By the name of who has made them. */
async function connectionsOf(server: PostgresTestDatabase): Promise<Record<string, number>> {
  const { rows } = await server.asAdmin(
    `select application_name as name, count(*)::int as count from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() group by 1`,
  );
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
}
