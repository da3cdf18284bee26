import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@tributary/service-kit/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { gatewayConfig } from '../config/gateway-config.ts';
import { type RunningGateway, startGateway } from '../start-gateway.ts';
import type { FakeSubgraph } from '../testing/fake-subgraph.ts';
import { startBooks, startReviews } from '../testing/library-graph.ts';
import { compose } from '../testing/test-gateway.ts';

const WEIGHED = '{ books { title weight } }';

describe('the supergraph that is served', () => {
  let books: FakeSubgraph;
  let reviews: FakeSubgraph;
  let booksOnly: string;
  let withReviews: string;
  beforeAll(async () => {
    [books, reviews] = await Promise.all([startBooks(), startReviews()]);
    booksOnly = compose([books]);
    withReviews = compose([books, reviews]);
  });
  afterAll(() => Promise.all([books.close(), reviews.close()]));

  let folder: string;
  let file: string;
  const running: RunningGateway[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'supergraph-'));
    file = join(folder, 'supergraph.graphql');
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((gateway) => gateway.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  async function start(settings: object = {}) {
    const lines: string[] = [];
    const config = gatewayConfig.parse({
      ...{ server: { host: '127.0.0.1', port: 0 }, admin: { host: '127.0.0.1', port: 0 } },
      ...{ supergraph: file, supergraphPoll: '20ms', supergraphCache: join(folder, 'last-good') },
      ...settings,
    });
    const gateway = await startGateway(config, {
      processMetrics: false,
      logDestination: { write: (line) => lines.push(line) },
    });
    running.push(gateway);
    const ask = async (query: string) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${gateway.url}/graphql`, {
        ...{ method: 'POST', headers, body: JSON.stringify({ query }) },
      });
      return (await response.json()) as { data?: unknown; errors?: { extensions: { code: string } }[] };
    };
    const answers = async (query: string) => (await ask(query)).errors === undefined;
    const outcomes = async (outcome: string) => {
      const text = await gateway.metrics.scrape();
      return Number(
        new RegExp(`graph_supergraph_updates_total{[^}]*outcome="${outcome}"[^}]*} (\\d+)`).exec(text)?.[1] ?? 0,
      );
    };
    return {
      gateway,
      ask,
      answers,
      outcomes,
      lines,
      stop: () => running.splice(running.indexOf(gateway), 1)[0]?.stop(),
    };
  }
  const publish = async (text: string) => {
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
  };

  it('is the new one as soon as the file is', async () => {
    await publish(booksOnly);
    const { answers, outcomes } = await start({ supergraphPoll: '1h' });
    expect([await answers('{ books { title } }'), await answers(WEIGHED)]).toEqual([true, false]);
    await publish(withReviews);
    await until('the new one', () => answers(WEIGHED));
    expect([await outcomes('adopted'), await outcomes('refused')]).toEqual([2, 0]);
  });

  it('is the new one soon after the URL gives it, with an ETag, and stays while nobody answers there', async () => {
    let current = booksOnly;
    const seen: (string | undefined)[] = [];
    const server = createServer(({ headers }, response) => {
      const etag = `"${current.length}"`;
      seen.push(headers['if-none-match']);
      const isKnown = headers['if-none-match'] === etag;
      response.writeHead(isKnown ? 304 : 200, { etag }).end(isKnown ? undefined : current);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const supergraph = `http://127.0.0.1:${(server.address() as AddressInfo).port}/supergraph.graphql`;
    const first = await start({ supergraph });
    current = withReviews;
    await until('the new one', () => first.answers(WEIGHED));
    expect(seen).toContain(`"${booksOnly.length}"`);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    // Whether the connection was refused, or broken off while it was asked.
    await until('a warning', () => first.lines.some((line) => line.includes('supergraph source has nothing')));
    expect(await first.answers(WEIGHED)).toBe(true);
    await first.stop();
    const second = await start({ supergraph });
    expect(await second.answers(WEIGHED)).toBe(true);
    expect(second.lines.some((line) => line.includes('the last good supergraph serves'))).toBe(true);
    expect(await second.gateway.metrics.scrape()).toMatch(/graph_supergraph_is_last_good{[^}]*} 1/);
  });

  it('is the last good one when the file has none at the start, until it has', async () => {
    await publish(booksOnly);
    await (await start()).stop();
    expect(await readFile(join(folder, 'last-good'), 'utf8')).toBe(booksOnly);
    await publish(withReviews.slice(0, -2000));
    const { answers, gateway, lines } = await start();
    expect(await answers('{ books { title } }')).toBe(true);
    expect(lines.some((line) => line.includes('the last good supergraph serves'))).toBe(true);
    expect(await gateway.metrics.scrape()).toMatch(/graph_supergraph_is_last_good{[^}]*} 1/);
    await publish(withReviews);
    await until('the new one', () => answers(WEIGHED));
    expect(await gateway.metrics.scrape()).toMatch(/graph_supergraph_is_last_good{[^}]*} 0/);
    await until('it to be kept', async () => (await readFile(join(folder, 'last-good'), 'utf8')) === withReviews);
  });

  it('has no last good one when what was kept is rubbish too', async () => {
    await writeFile(join(folder, 'last-good'), 'rubbish');
    await publish('type Query { a: Int }');
    await expect(start()).rejects.toThrow('cannot be used');
  });

  const linked = (feature: string) =>
    withReviews.replace(
      'schema\n',
      `schema\n  @link(url: "https://example.com/${feature.split(' ')[0]}/v1.0", ${feature.split(' ')[1]})\n`,
    );
  const refusals: [what: string, text: () => string, reason: string | RegExp][] = [
    ['cut off', () => withReviews.slice(0, -2000), /It is no GraphQL: line \d+, column \d+/],
    ['not GraphQL', () => '<html>hunter2</html>', 'It is no GraphQL: line 1, column 1'],
    ['empty', () => '', 'It is no GraphQL: line 1, column 1'],
    ['no supergraph', () => 'type Query { a: Int }', 'It is no supergraph: it names no subgraphs.'],
    [
      'with a URL that no request can go to',
      () => withReviews.replace(reviews.url, 'reviews:4001'),
      'subgraphs.reviews.url: reviews:4001 is no http:// or https:// URL',
    ],
    [
      'with a feature for execution that is unknown',
      () => linked('teleport for:EXECUTION'),
      'https://example.com/teleport/v1.0 is for: EXECUTION but is unsupported',
    ],
    [
      'with a feature for security that is unknown',
      () => linked('vault for:SECURITY'),
      'https://example.com/vault/v1.0 is for: SECURITY but is unsupported',
    ],
    ['with a type that is not there', () => withReviews.replaceAll(': [Review!]', ': [Revue!]'), 'Revue'],
  ];
  it.each(refusals)('is not one that is %s', async (_what, text, reason) => {
    await publish(booksOnly);
    const { answers, outcomes, lines, gateway } = await start();
    await publish(text());
    await until('the refusal', async () => (await outcomes('refused')) === 1);
    const line = lines.map((one) => JSON.parse(one)).find(({ message }) => message.startsWith('supergraph refused'));
    if (typeof reason === 'string') expect(line.reason).toContain(reason);
    else expect(line.reason).toMatch(reason);
    expect(lines.join('')).not.toContain('hunter2');
    expect(await answers('{ books { title } }')).toBe(true);
    expect((await fetch(`${gateway.adminUrl}/health/ready`)).status).toBe(200);
    await publish(withReviews);
    await until('the good one', () => answers(WEIGHED));
  });

  it('outlives a subgraph that answers rubbish', async () => {
    await publish(withReviews);
    const { ask, lines } = await start();
    reviews.answerWith((_request, response) => response.end('<html>'));
    const { data, errors } = await ask(WEIGHED);
    reviews.answerWith(undefined);
    expect(data).toMatchObject({ books: [{ title: 'Emma', weight: null }, {}, {}] });
    expect(errors?.[0]).toMatchObject({
      path: ['books', 0, 'weight'],
      extensions: { code: 'SUBGRAPH_RESPONSE_INVALID' },
    });
    expect(lines.some((line) => line.includes('"subgraph":"reviews"') && line.includes('subgraph fetch failed'))).toBe(
      true,
    );
    expect((await ask(WEIGHED)).errors).toBeUndefined();
  });
});
