import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@tributary/service-kit/testing';
import { describe, expect, it } from 'vitest';
import { json } from '../src/testing/fake-subgraph.ts';
import { startTestGateway } from '../src/testing/test-gateway.ts';
import { median } from './testing/open-loop.ts';

describe('Slow subgraph: the deadline', () => {
  it('ends the work within 100 ms, at the gateway and at the subgraph, which was told of it', async () => {
    await using gateway = await startTestGateway({ deadline: '500ms' });
    // Planned before it is measured.
    await gateway.ask('{ books { title } }');
    let closedMs = 0;
    gateway.books.answerWith((_request, response) => {
      response.once('close', () => {
        closedMs = performance.now();
      });
    });
    const lateMs: number[] = [];
    for (let round = 0; round < 3; round++) {
      closedMs = 0;
      const startedMs = performance.now();
      const timer = sleep(500).then(() => performance.now() - startedMs);
      const { status, data, errors } = await gateway.ask('{ books { title } }');
      const answeredMs = performance.now() - startedMs;
      await until('the connection to be closed', () => closedMs > 0);
      const dueMs = await timer;
      const endedMs = closedMs - startedMs;
      const [due, answered, ended] = [dueMs, answeredMs, endedMs].map(Math.round);
      console.log(
        `deadline of 500 ms: a timer rang at ${due} ms, answered at ${answered} ms, work ended at ${ended} ms`,
      );
      expect({ status, data, code: errors?.[0]?.extensions.code }).toEqual({
        ...{ status: 200, data: { books: null }, code: 'DEADLINE_EXCEEDED' },
      });
      const left = Number(gateway.books.requests.at(-1)?.headers['x-deadline-ms']);
      expect(left).toBeGreaterThan(100);
      expect(left).toBeLessThanOrEqual(500);
      lateMs.push(Math.max(answeredMs, endedMs) - dueMs);
    }
    expect(median(lateMs)).toBeLessThan(100);
  });

  it('skips a fetch that cannot end before it', async () => {
    await using gateway = await startTestGateway({ deadline: '1s' });
    const ratings = { _entities: [{ rating: 1 }, { rating: 1 }, { rating: 1 }] };
    gateway.reviews.answerWith((request, response) => {
      sleep(400).then(() => json({ data: ratings })(request, response));
    });
    const ask = () => gateway.ask('{ books { title rating } }');
    for (let answered = 0; answered < 64; ) {
      const answers = await Promise.all(Array.from({ length: 16 }, ask));
      answered += answers.filter(({ errors }) => errors === undefined).length;
    }
    const books = ['1', '2', '3'].map((isbn) => ({ __typename: 'Book', isbn, title: 'Emma' }));
    gateway.books.answerWith((request, response) => {
      sleep(800).then(() => json({ data: { books } })(request, response));
    });
    const asked = gateway.reviews.requests.length;
    const late = await ask();
    expect(late.data.books[0]).toEqual({ title: 'Emma', rating: null });
    expect(late.errors?.[0]?.extensions.code).toBe('DEADLINE_EXCEEDED');
    expect(gateway.reviews.requests.length).toBe(asked);
    expect(await gateway.metrics.scrape()).toMatch(
      /fetches_rejected_total{(?=.*subgraph="reviews")(?=.*reason="deadline").*} 1\n/,
    );
  });
});
