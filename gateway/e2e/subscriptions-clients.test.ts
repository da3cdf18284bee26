import { until } from '@tributary/service-kit/testing';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';
import { FakeSubscriptions } from './testing/fake-subscriptions.ts';
import { CLIENT_NAMES, type Observer, subscribingClient, wsUrl } from './testing/subscribing-clients.ts';

const SUBSCRIPTION = 'subscription Added { bookAdded { title } }';

describe('by clients that others have written', () => {
  let gateway: TestGateway;
  const source = new FakeSubscriptions();
  beforeAll(async () => {
    gateway = await startTestGateway({}, { subscriptions: source });
  });
  afterAll(() => gateway.stop());
  beforeEach(() => until('no subscription goes on', () => source.active === 0 || undefined));

  it.each(CLIENT_NAMES)('a subscription is followed, left, and followed to its end: %s', async (name) => {
    await using client = subscribingClient(name, gateway.url, { query: SUBSCRIPTION });
    const titles: unknown[] = [];
    const errors: unknown[] = [];
    let isComplete = false;
    const observer: Observer = {
      next: ({ data }) => titles.push(data.bookAdded.title),
      error: (error) => errors.push(error),
      complete: () => {
        isComplete = true;
      },
    };
    const leave = client.subscribe(observer);
    await until('it has subscribed', () => source.active === 1 || undefined);
    source.addBook('Emma');
    source.addBook('Ulysses', '7-2');
    await until('two books', () => titles.length === 2 || errors.length > 0 || undefined);
    expect({ titles, errors }).toEqual({ titles: ['Emma', 'Ulysses'], errors: [] });
    leave();
    await until('it has left', () => source.active === 0 || undefined);

    isComplete = false;
    client.subscribe(observer);
    await until('it has subscribed again', () => source.active === 1 || undefined);
    source.addBook('Beloved');
    await until('the third book', () => titles.length === 3 || errors.length > 0 || undefined);
    source.end('completed');
    await until('it is told of the end', () => isComplete || errors.length > 0 || undefined);
    expect({ titles, errors }).toEqual({ titles: ['Emma', 'Ulysses', 'Beloved'], errors: [] });
  });

  it('queries and mutations go the ways of subscriptions, too', async () => {
    const socket = createWsClient({ url: wsUrl(gateway.url), webSocketImpl: WebSocket });
    const stream = createSseClient({ url: `${gateway.url}/graphql`, retryAttempts: 0 });
    const books = { data: { books: [{ title: 'Emma' }, { title: 'Ulysses' }, { title: 'Beloved' }] } };
    for (const client of [socket, stream]) {
      const results = [];
      for await (const result of client.iterate({ query: '{ books { title } }' })) results.push(result);
      for await (const result of client.iterate({ query: 'mutation { addBook(title: "Jane Eyre") { isbn } }' }))
        results.push(result);
      expect(results).toEqual([books, { data: { addBook: { isbn: '4' } } }]);
    }
    await socket.dispose();
    stream.dispose();
  });
});
