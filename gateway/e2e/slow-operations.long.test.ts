import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { RawAnswer } from '../src/testing/fake-subgraph.ts';
import { startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';

const QUERY = '{ books { title } }';
const MUTATION = 'mutation { addBook(title: "x") { title } }';
const BOOK = { title: 'Emma' };

/** Works on so many at once, each for as long; the others wait in its own line. */
function workingOn(atOnce: number, serviceMs: number): RawAnswer {
  const free = Array.from({ length: atOnce }, () => Promise.resolve());
  let count = 0;
  return ({ body }, response) => {
    const worker = count++ % atOnce;
    free[worker] = (free[worker] as Promise<void>).then(async () => {
      await delay(serviceMs);
      const data = body.query.startsWith('mutation') ? { addBook: BOOK } : { books: [BOOK] };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data }));
    });
  };
}

async function statusesOf(gateway: TestGateway, asked: Promise<{ status: number; errors?: unknown }>[]) {
  const statuses: Record<string, number> = {};
  for (const { status, errors } of await Promise.all(asked)) {
    const kind = errors === undefined ? String(status) : `${status} with errors`;
    statuses[kind] = (statuses[kind] ?? 0) + 1;
  }
  gateway.books.requests.length = 0;
  return statuses;
}

// With what is on by default.
describe('No overload: operations that are slow, and come in a burst', () => {
  // Each alone: what comes while others keep this process busy is not of one moment.
  it('a hundred orders of one moment, which are done one after the other, are all done', async () => {
    await using gateway = await startTestGateway();
    gateway.books.answerWith(workingOn(1, 40));
    const asked = Array.from({ length: 100 }, () => gateway.ask(MUTATION));
    expect(await statusesOf(gateway, asked)).toEqual({ 200: 100 });
  }, 60_000);

  it('seven hundred queries of one moment are all answered', async () => {
    await using gateway = await startTestGateway();
    gateway.books.answerWith(workingOn(10, 20));
    const asked = Array.from({ length: 700 }, () => gateway.ask(QUERY));
    expect(await statusesOf(gateway, asked)).toEqual({ 200: 700 });
  }, 60_000);

  it.concurrent.each([
    ['each takes 200 ms', 1000, 200, 50],
    ['they wait for each other', 1, 4, 50],
    ['they wait for each other, and there are more than connections', 1, 4, 100],
  ])(
    'clients that ask again when they are answered are always answered, where %s',
    async (_, atOnce, serviceMs, clients) => {
      await using gateway = await startTestGateway();
      gateway.books.answerWith(workingOn(1, 4));
      await Promise.all(Array.from({ length: 20 }, () => gateway.ask(QUERY)));
      gateway.books.answerWith(workingOn(atOnce, serviceMs));
      const endMs = performance.now() + 5000;
      const asked: ReturnType<TestGateway['ask']>[] = [];
      const client = async () => {
        while (performance.now() < endMs) {
          const next = gateway.ask(QUERY);
          asked.push(next);
          await next;
        }
      };
      await Promise.all(Array.from({ length: clients }, client));
      expect(await statusesOf(gateway, asked)).toEqual({ 200: asked.length });
    },
    60_000,
  );
});
