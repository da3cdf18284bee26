import { until } from '@tributary/service-kit/testing';
import { describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';

const TITLES = '{ books { title } }';
const SHARINGS = [
  { inbound: true, subgraph: false },
  { inbound: false, subgraph: true },
];
const DEADLINE_MS = 1000;

/** The first request to books is never answered. */
function holdFirst({ books }: TestGateway) {
  books.answerWith((_request, response) => {
    if (books.requests.length === 1) return;
    const body = JSON.stringify({ data: { books: [{ title: 'Emma' }] } });
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
}

describe('Sharing: of what is under way', () => {
  it.each(SHARINGS)('who comes late is not bound to the deadline of who came first: %j', async (sharing) => {
    await using gateway = await startTestGateway({ sharing, deadline: `${DEADLINE_MS}ms` });
    holdFirst(gateway);
    const askedMs = performance.now();
    const first = gateway.ask(TITLES);
    await until('more than half of its time to be over', () => performance.now() - askedMs > 0.6 * DEADLINE_MS);
    expect(gateway.books.requests).toHaveLength(1);
    expect(await gateway.ask(TITLES)).toMatchObject({ status: 200, data: { books: [{ title: 'Emma' }] } });
    expect((await first).errors).toMatchObject([{ extensions: { code: 'DEADLINE_EXCEEDED' } }]);
  });

  it.each(SHARINGS)('all who share what is turned away are shed: %j', async (sharing) => {
    await using gateway = await startTestGateway({
      ...{ sharing, subgraphRequest: { connections: 1 }, overload: { fetches: { maxWait: '100ms' } } },
    });
    await gateway.ask(TITLES);
    const held: (() => void)[] = [];
    gateway.books.answerWith((_request, response) => {
      const send = () => response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{"books":[]}}');
      held.push(send);
    });
    const first = gateway.ask('{ books { pages } }');
    await until('the place to be taken', () => held.length === 1);
    const answers = Promise.all([gateway.ask(TITLES), gateway.ask(TITLES)]);
    // Ever more come.
    const others: Promise<unknown>[] = [];
    const ask = () =>
      gateway.ask('query ($isbn: ID!) { book(isbn: $isbn) { title } }', { variables: { isbn: others.length } });
    const coming = setInterval(() => others.push(ask()), 20);
    for (const { status, headers, errors } of await answers) {
      expect([status, headers.get('retry-after')]).toEqual([503, '1']);
      expect(errors).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE' } }]);
    }
    clearInterval(coming);
    await Promise.all(others);
    for (const send of held) send();
    expect(await first).toMatchObject({ status: 200, data: { books: [] } });
  });
});
