import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createPostgresDatabase, until } from '@tributary/service-kit/testing';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { gatewayProcess } from '../testing/gateway-process.ts';
import { startBooks, startReviews } from '../testing/library-graph.ts';
import { compose, startTestGateway, type TestGateway } from '../testing/test-gateway.ts';

const CANARY = 'canary4929hunter2';
const graphMain = fileURLToPath(new URL('../../../schema/src/main.ts', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-gateway-usage-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const usageFolder = () => join(folder, 'usage');
const written = () =>
  readdirSync(usageFolder())
    .map((name) => `${name}\n${readFileSync(join(usageFolder(), name), 'utf8')}`)
    .join('\n');

/** `graph usage` over the files, in a repository with the gateway's subgraphs. */
function graphUsage(gateway: Pick<TestGateway, 'books' | 'reviews'>, ...args: string[]) {
  const root = join(folder, 'repository');
  for (const [index, { name, sdl }] of [gateway.books, gateway.reviews].entries()) {
    const path = join(root, 'subgraphs', name);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'schema.graphql'), sdl);
    writeFileSync(join(path, 'config.yaml'), `server: { port: ${5001 + index} }`);
  }
  const command = [graphMain, 'usage', '--store', usageFolder(), '--root', root, '--format', 'json', ...args];
  return new Promise<{ code: number; report: Record<string, unknown>; stderr: string }>((resolve) => {
    execFile(process.execPath, command, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), report: JSON.parse(stdout || '{}'), stderr }),
    );
  });
}

const startCounting = () => startTestGateway({ usage: { store: 'files', folder: usageFolder() } });
const client = (name: string, version: string) => ({
  headers: { 'apollographql-client-name': name, 'apollographql-client-version': version },
});

describe('what clients use', () => {
  it('is what graph usage tells of the gateway’s files', async () => {
    const gateway = await startCounting();
    await gateway.ask('query Titles { books { title } }', client('web', '1.0'));
    await gateway.ask('query Titles { all: books { title } }', client('web', '1.0'));
    await gateway.ask('query Titles { books { title } }', client('web', '2.0'));
    await gateway.ask(
      'query Find($filter: BookFilter, $genre: Genre) { find(filter: $filter, genre: $genre) { isbn } }',
      {
        ...client('ios', '9'),
        variables: { filter: { maxPages: 500 }, genre: 'POEM' },
      },
    );
    await gateway.ask('{ broken books { rating } }');
    // Not valid, or not executed: nobody uses what there is not.
    await gateway.ask('query Wrong { nothing }', client('web', '1.0'));
    await gateway.ask('query Find($filter: BookFilter) { find(filter: $filter) { weight } }', {
      variables: { filter: { pages: 1 } },
    });
    await gateway.stop();

    const [title, ofVariables, ofNobody] = await Promise.all(
      ['Book.title', 'Genre.POEM', '--unused'].map((question) => graphUsage(gateway, question)),
    );
    expect(title).toMatchObject({ code: 0, stderr: '', report: { findings: [], count: 3 } });
    const titles = { name: 'Titles', hash: expect.stringMatching(/^[0-9a-f]{64}$/) };
    expect(title?.report.clients).toEqual([
      expect.objectContaining({ name: 'web', version: '1.0', count: 2, documents: [expect.objectContaining(titles)] }),
      expect.objectContaining({ name: 'web', version: '2.0', count: 1, documents: [expect.objectContaining(titles)] }),
    ]);
    expect(ofVariables?.report.clients).toMatchObject([{ name: 'ios', version: '9', count: 1 }]);
    const unused = ofNobody?.report.unused as { coordinate: string }[];
    expect(unused.map(({ coordinate }) => coordinate)).toEqual([
      ...[
        'Book.pages',
        'Book.reviews',
        'Book.weight',
        'BookFilter.password',
        'BookFilter.title',
        'Genre.NOVEL',
        'Json',
      ],
      ...['Mutation', 'Mutation.addBook', 'Mutation.addBook(title:)', 'Query.book', 'Query.book(isbn:)'],
      ...['Query.denied', 'Query.echo', 'Query.echo(value:)', 'Query.latestReviews', 'Query.refused', 'Review'],
      ...['Review.book', 'Review.stars', 'Review.text', 'Subscription', 'Subscription.bookAdded'],
    ]);
  });

  it('holds no secret, wherever in a request it was', async () => {
    const gateway = await startCounting();
    const headers = {
      ...{ authorization: `Bearer ${CANARY}`, cookie: CANARY, 'x-user-id': CANARY, 'x-request-id': CANARY },
      'apollographql-client-name': `${CANARY}@example.com`,
      'apollographql-client-version': `1.0 (${CANARY})`,
    };
    const variables = { v: CANARY, filter: { title: CANARY, password: CANARY } };
    for (const query of [
      'query A($v: Json) { echo(value: $v) }',
      `query A { echo(value: "${CANARY}") }`,
      `query A { echo(value: { ${CANARY}: [${CANARY}] }) }`,
      `query A { ${CANARY}: echo(value: 1) }`,
      `query A($${CANARY}: Json = "${CANARY}") { echo(value: $${CANARY}) }`,
      `query A { ...${CANARY} } fragment ${CANARY} on Query { books { isbn } } # ${CANARY}`,
      'query A($filter: BookFilter) { find(filter: $filter) { isbn } }',
    ]) {
      const { data, errors } = await gateway.ask(query, { headers, variables });
      expect([query, data === undefined, errors]).toEqual([query, false, undefined]);
    }
    await gateway.stop();
    expect(written()).toContain('BookFilter.password');
    expect(written()).not.toContain(CANARY);
    expect(written()).toContain('"client":"unknown","version":""');
  });

  it('is not counted unless it is configured', async () => {
    const gateway = await startTestGateway();
    await gateway.ask('{ books { isbn } }');
    const metrics = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
    await gateway.stop();
    expect(metrics).not.toContain('graph_usage');
  });

  it('fails no request where it cannot be stored', async () => {
    const nowhere = '/dev/null/usage';
    const gateway = await startTestGateway({ usage: { store: 'files', folder: nowhere, flushEvery: '20ms' } });
    await gateway.ask('{ books { isbn } }');
    await until('a failed flush', () => gateway.logLines.some((line) => line.includes('USAGE_NOT_WRITTEN')));
    expect((await gateway.ask('{ books { isbn } }')).errors).toBeUndefined();
    expect(await (await fetch(`${gateway.adminUrl}/metrics`)).text()).toMatch(
      /graph_usage_flushes_total{outcome="failed",.*} [1-9]/,
    );
    await gateway.stop();
    expect(gateway.logLines.join()).toContain('"code":"USAGE_LOST"');
  });

  it('survives a gateway that is killed, up to its last flush', async () => {
    const [books, reviews] = await Promise.all([startBooks(), startReviews()]);
    const file = (name: string, content: string) => {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    };
    const supergraph = file('supergraph.graphql', compose([books, reviews]));
    const config = file(
      'gateway.yaml',
      `usage: { store: files, folder: ${usageFolder()}, flushEvery: 300ms }\nadmin: { host: 127.0.0.1, port: 0 }`,
    );
    const ask = async (url: string, query: string) => {
      const headers = { 'content-type': 'application/json', 'apollographql-client-name': 'web' };
      const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
      await answer.text();
    };
    {
      await using running = gatewayProcess('--supergraph', supergraph, '--port', '0', '--config', config);
      const { url } = await running.ready();
      for (let count = 0; count < 5; count++) await ask(url, 'query Before { books { title } }');
      // They can be spread over two flushes.
      await until('the flush', () => existsSync(usageFolder()) && written().includes('"Book.title":5'), 20_000);
      for (let count = 0; count < 5; count++) await ask(url, 'query After { books { isbn } }');
    }
    const [before, after] = await Promise.all(
      ['Book.title', 'Book.isbn'].map((question) => graphUsage({ books, reviews }, question)),
    );
    expect([before?.code, before?.report.count]).toEqual([0, 5]);
    expect(after?.report.count).toBeLessThanOrEqual(5);
    await Promise.all([books.close(), reviews.close()]);
  });

  it.skipIf(inject('postgresAdminUrl') === undefined)('can be in a PostgreSQL', async () => {
    const server = await createPostgresDatabase();
    await server.provision('usage');
    const gateway = await startTestGateway({
      usage: { store: 'postgres', url: server.urlOf('usage'), flushEvery: '50ms' },
    });
    const ask = () => gateway.ask('query Titles { books { title } }', client('web', '1.0'));
    await ask();
    const counted = async () => {
      const rows = await server.asAdmin(`select client, version, operation, count::int from usage.counts
        where coordinate = 'Book.title'`);
      return rows.rows;
    };
    await until('a flush', () =>
      counted().then(
        ({ length }) => length > 0,
        () => false,
      ),
    );
    await ask();
    await gateway.stop();
    expect(await counted()).toEqual([{ client: 'web', version: '1.0', operation: 'Titles', count: 2 }]);
    await server.drop();
  });
});
