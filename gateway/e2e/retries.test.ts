import { describe, expect, it } from 'vitest';
import type { RawAnswer } from '../src/testing/fake-subgraph.ts';
import { startTestGateway } from '../src/testing/test-gateway.ts';

const QUERY = '{ books { title } }';
const MUTATION = 'mutation { addBook(title: "x") { isbn } }';
const WITHOUT_BREAKER = { resilience: { breaker: { enabled: false } } };

const refuses: RawAnswer = (_request, response) => response.writeHead(503).end();
const hangsUp: RawAnswer = (_request, response) => response.destroy();

describe('Slow subgraph: what is sent once more', () => {
  it.each([
    ['answers with 503', refuses],
    ['hangs up', hangsUp],
  ])('is 10 % of the queries at most where it %s, and no mutation', async (_what, answer) => {
    await using gateway = await startTestGateway(WITHOUT_BREAKER);
    gateway.books.answerWith(answer);
    for (let index = 0; index < 200; index++) await gateway.ask(QUERY);
    const factor = gateway.books.requests.length / 200;
    console.log(`requests to a subgraph that fails: ${factor}×`);
    expect(factor).toBeGreaterThan(1.05);
    expect(factor).toBeLessThanOrEqual(1.1);
    const before = gateway.books.requests.length;
    for (let index = 0; index < 50; index++) await gateway.ask(MUTATION);
    expect(gateway.books.requests.length - before).toBe(50);
  });

  it('is nothing where it takes too long', async () => {
    await using gateway = await startTestGateway({ ...WITHOUT_BREAKER, subgraphRequest: { timeout: '200ms' } });
    gateway.books.answerWith(() => {});
    await Promise.all(Array.from({ length: 6 }, () => gateway.ask(QUERY)));
    expect(gateway.books.requests).toHaveLength(6);
  });

  it('hides from clients that one answer failed', async () => {
    await using gateway = await startTestGateway();
    let isFirst = true;
    gateway.reviews.answerWith((request, response) => {
      if (isFirst) hangsUp(request, response);
      else response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{"latestReviews":[]}}');
      isFirst = false;
    });
    const { data, errors } = await gateway.ask('{ latestReviews { stars } }');
    expect({ data, errors }).toEqual({ data: { latestReviews: [] }, errors: undefined });
    expect(gateway.reviews.requests).toHaveLength(2);
    expect(await gateway.metrics.scrape()).toMatch(/graphql_subgraph_retries_total{.*subgraph="reviews".*} 1\n/);
  });

  it('is nothing when it is switched off', async () => {
    await using gateway = await startTestGateway({ resilience: { retryShare: 0 } });
    gateway.books.answerWith(hangsUp);
    await gateway.ask(QUERY);
    expect(gateway.books.requests).toHaveLength(1);
  });
});
