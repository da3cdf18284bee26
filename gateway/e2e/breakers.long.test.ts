import { ApolloServer } from '@apollo/server';
import { createLogger } from '@tributary/service-kit';
import { readMetrics, until } from '@tributary/service-kit/testing';
import { describe, expect, it } from 'vitest';
import { TributaryGateway } from '../src/index.ts';
import { json, type RawAnswer } from '../src/testing/fake-subgraph.ts';
import { startBooks, startReviews } from '../src/testing/library-graph.ts';
import { compose, startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';

const RATINGS = '{ books { title rating } }';
const UNAVAILABLE = 'SUBGRAPH_UNAVAILABLE';
const SILENT = { service: 'gateway', level: 'silent' } as const;
const broken: RawAnswer = (_request, response) => response.writeHead(500, { 'content-type': 'text/plain' }).end('no');

const codesOf = ({ errors }: { errors?: { extensions: { code: string } }[] }) => [
  ...new Set(errors?.map(({ extensions }) => extensions.code)),
];
const times = <T>(count: number, make: () => Promise<T>) => Promise.all(Array.from({ length: count }, make));

async function samples(gateway: TestGateway, name: string) {
  const metrics = readMetrics(await gateway.metrics.scrape(), 'text');
  return metrics.get(name)?.samples.map(({ labels: { service: _, ...labels }, value }) => ({ ...labels, value }));
}

const openTypes = async (gateway: TestGateway) =>
  ((await samples(gateway, 'graphql_circuit_breaker_state')) ?? [])
    .filter(({ value }) => value > 0)
    .map((sample) => ({ ...sample }));

describe('Hostile subgraph: a breaker', () => {
  it('opens after eight failures, answers at once with partial data, and tells of it once', async () => {
    await using gateway = await startTestGateway({ log: { level: 'info' } });
    gateway.reviews.answerWith(broken);
    for (let index = 0; index < 8; index++) await gateway.ask(RATINGS);
    expect(gateway.reviews.requests).toHaveLength(8);
    const answers = await times(50, () => gateway.ask(RATINGS));
    // One a second, where the machine takes longer than that.
    const probes = gateway.reviews.requests.length - 8;
    expect(probes).toBeLessThan(5);
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.data.books).toEqual(['Emma', 'Ulysses', 'Beloved'].map((title) => ({ title, rating: null })));
      expect(codesOf(answer)).toEqual([UNAVAILABLE]);
    }
    expect(await openTypes(gateway)).toMatchObject([{ subgraph: 'reviews', type: 'Book' }]);
    expect(await samples(gateway, 'graphql_subgraph_fetches_rejected_total')).toContainEqual({
      ...{ subgraph: 'reviews', reason: 'breaker', value: 50 - probes },
    });
    const lines = gateway.logLines.filter((line) => line.includes('reviews'));
    expect(lines.filter((line) => line.includes('breaker opened'))).toHaveLength(1);
    expect(lines).toHaveLength(9 + probes);
  });

  it('of a query whose answers are too large opens after two of them: the others under way are not read, and other queries are asked', async () => {
    await using gateway = await startTestGateway();
    const MIB = 1024 ** 2;
    const piece = Buffer.alloc(MIB, ' ');
    let written = 0;
    gateway.reviews.answerWith((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () => {
        while (!response.destroyed && response.write(piece)) written += MIB;
        written += MIB;
      };
      response.on('drain', more);
      more();
    });
    const answers = await times(30, () => gateway.ask(RATINGS));
    for (const answer of answers) expect(answer.data.books).toHaveLength(3);
    const reasons = (text: string) => gateway.logLines.filter((line) => line.includes(text)).length;
    console.log(`30 endless answers: ${Math.round(written / MIB)} MiB left the subgraph, buffers of sockets included`);
    expect(reasons('the answer is larger than')).toBe(2);
    expect(reasons('answers to it were too large')).toBe(28);
    expect(await openTypes(gateway)).toEqual([]);
    const asked = gateway.reviews.requests.length;
    expect(codesOf(await gateway.ask(RATINGS))).toEqual([UNAVAILABLE]);
    expect(gateway.reviews.requests).toHaveLength(asked);
    gateway.reviews.answerWith(undefined);
    expect((await gateway.ask('{ latestReviews { stars } }')).errors).toBeUndefined();
    // One of the books has none.
    await until('ratings again', async () => codesOf(await gateway.ask(RATINGS))[0] === 'NOT_RATED');
  });

  it('stops its type alone: others of the same subgraph are answered', async () => {
    await using gateway = await startTestGateway();
    const latest = { latestReviews: [{ stars: 5 }] };
    gateway.reviews.answerWith((request, response) =>
      (request.body.query.includes('_entities') ? broken : json({ data: latest }))(request, response),
    );
    await times(20, () => gateway.ask(RATINGS));
    expect(codesOf(await gateway.ask(RATINGS))).toEqual([UNAVAILABLE]);
    const before = gateway.reviews.requests.length;
    const answers = await times(20, () => gateway.ask('{ latestReviews { stars } }'));
    for (const { data, errors } of answers) expect({ data, errors }).toEqual({ data: latest, errors: undefined });
    expect(gateway.reviews.requests.length - before).toBe(20);
  });

  it('lets a probe pass after a second, and closes when that is answered', async () => {
    await using gateway = await startTestGateway();
    gateway.reviews.answerWith(broken);
    await times(20, () => gateway.ask(RATINGS));
    const before = gateway.reviews.requests.length;
    gateway.reviews.answerWith(undefined);
    await until('a probe', async () => (await gateway.ask(RATINGS)).data.books[0].rating === 4.5, 5000);
    expect(gateway.reviews.requests.length - before).toBe(1);
    const answers = await times(20, () => gateway.ask('{ books { title reviews { stars } } }'));
    expect(answers.flatMap(codesOf)).toEqual([]);
    expect(await openTypes(gateway)).toEqual([]);
  });

  it('does not open for errors of the domain', async () => {
    await using gateway = await startTestGateway();
    gateway.reviews.answerWith(
      json({
        data: { _entities: [null, null, null] },
        errors: [{ message: 'No.', extensions: { code: 'NOT_RATED' } }],
      }),
    );
    for (let index = 0; index < 30; index++) expect(codesOf(await gateway.ask(RATINGS))).toEqual(['NOT_RATED']);
    expect(gateway.reviews.requests).toHaveLength(30);
    expect(await openTypes(gateway)).toEqual([]);
  });

  it('does not open for a deadline that left hardly any time', async () => {
    await using gateway = await startTestGateway({ deadline: '150ms' });
    gateway.reviews.answerWith(() => {});
    for (const round of [1, 2]) {
      const answers = await times(6, () => gateway.ask(RATINGS));
      expect(new Set(answers.flatMap(codesOf))).toEqual(new Set(['DEADLINE_EXCEEDED']));
      expect(gateway.reviews.requests).toHaveLength(6 * round);
    }
    expect(await openTypes(gateway)).toEqual([]);
  });

  it('does not open for clients that leave', async () => {
    await using gateway = await startTestGateway();
    let cut = 0;
    gateway.reviews.answerWith((_request, response) => void response.once('close', () => cut++));
    const body = JSON.stringify({ query: RATINGS });
    const headers = { 'content-type': 'application/json' };
    for (const round of [1, 2]) {
      const clients = new AbortController();
      const { signal } = clients;
      const left = times(6, () => gateway.send({ method: 'POST', headers, body, signal }).catch(() => {}));
      await until('all to be asked', () => gateway.reviews.requests.length === 6 * round);
      clients.abort();
      await left;
      await until('all to be cut', () => cut === 6 * round);
    }
    expect(await openTypes(gateway)).toEqual([]);
  });

  it('opens for fetches that do not end within their own time', async () => {
    await using gateway = await startTestGateway({ subgraphRequest: { timeout: '200ms' } });
    gateway.reviews.answerWith(() => {});
    await times(20, () => gateway.ask(RATINGS));
    expect(await openTypes(gateway)).toEqual([{ subgraph: 'reviews', type: 'Book', value: 2 }]);
  });

  it('is not there when it is switched off', async () => {
    await using gateway = await startTestGateway({ resilience: { breaker: { enabled: false } } });
    gateway.reviews.answerWith(broken);
    for (let index = 0; index < 30; index++) await gateway.ask(RATINGS);
    expect(gateway.reviews.requests).toHaveLength(30);
  });

  it('is there in somebody else’s server, too', async () => {
    await using books = await startBooks();
    await using reviews = await startReviews();
    const server = new ApolloServer({
      gateway: new TributaryGateway({ supergraphSdl: compose([books, reviews]), log: createLogger(SILENT) }),
    });
    reviews.answerWith(broken);
    for (let index = 0; index < 20; index++) await server.executeOperation({ query: RATINGS });
    await server.stop();
    expect(reviews.requests.length).toBeLessThan(13);
  });
});
