import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client/core';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { until } from '@tributary/service-kit/testing';
import { fetchExchange, subscriptionExchange, Client as UrqlClient } from '@urql/core';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';
import { FakeSubscriptions } from './testing/fake-subscriptions.ts';

const SUBSCRIPTION = 'subscription Added { bookAdded { title } }';
const wsUrl = (gateway: TestGateway) => `${gateway.url.replace('http', 'ws')}/graphql`;

/** What a client's `subscribe` calls. */
interface Observer {
  next(result: unknown): void;
  error(error: unknown): void;
  complete(): void;
}

describe('a subscription, by clients that others have written', () => {
  let gateway: TestGateway;
  const source = new FakeSubscriptions();
  beforeAll(async () => {
    gateway = await startTestGateway({}, { subscriptions: source });
  });
  afterAll(() => gateway.stop());
  beforeEach(() => until('no subscription goes on', () => source.active === 0 || undefined));

  /**
   * Subscribes, gets two books, and leaves; then a second time to the end.
   *
   * @param titleOf what the client hands on
   */
  async function followsBooks(
    subscribe: (observer: Observer) => () => void,
    titleOf: (result: never) => unknown = ({ data }: { data: { bookAdded: { title: string } } }) =>
      data.bookAdded.title,
  ): Promise<void> {
    const titles: unknown[] = [];
    const errors: unknown[] = [];
    let isComplete = false;
    const observer: Observer = {
      next: (result) => titles.push(titleOf(result as never)),
      error: (error) => errors.push(error),
      complete: () => {
        isComplete = true;
      },
    };
    const leave = subscribe(observer);
    await until('it has subscribed', () => source.active === 1 || undefined);
    source.addBook('Emma');
    source.addBook('Ulysses', '7-2');
    await until('two books', () => titles.length === 2 || errors.length > 0 || undefined);
    expect({ titles, errors }).toEqual({ titles: ['Emma', 'Ulysses'], errors: [] });
    leave();
    await until('it has left', () => source.active === 0 || undefined);

    isComplete = false;
    subscribe(observer);
    await until('it has subscribed again', () => source.active === 1 || undefined);
    source.addBook('Beloved');
    await until('the third book', () => titles.length === 3 || errors.length > 0 || undefined);
    source.end('completed');
    await until('it is told of the end', () => isComplete || errors.length > 0 || undefined);
    expect({ titles, errors }).toEqual({ titles: ['Emma', 'Ulysses', 'Beloved'], errors: [] });
  }

  it('graphql-ws', async () => {
    const client = createWsClient({ url: wsUrl(gateway), webSocketImpl: WebSocket });
    await followsBooks((observer) => client.subscribe({ query: SUBSCRIPTION }, observer as never));
    // Queries and mutations go the same way.
    const results = [];
    for await (const result of client.iterate({ query: '{ books { title } }' })) results.push(result);
    for await (const result of client.iterate({ query: 'mutation { addBook(title: "Jane Eyre") { isbn } }' }))
      results.push(result);
    expect(results).toEqual([
      { data: { books: [{ title: 'Emma' }, { title: 'Ulysses' }, { title: 'Beloved' }] } },
      { data: { addBook: { isbn: '4' } } },
    ]);
    await client.dispose();
  });

  it('graphql-sse', async () => {
    const client = createSseClient({ url: `${gateway.url}/graphql`, retryAttempts: 0 });
    await followsBooks((observer) => client.subscribe({ query: SUBSCRIPTION }, observer as never));
    const results = [];
    for await (const result of client.iterate({ query: '{ books { title } }' })) results.push(result);
    expect(results).toHaveLength(1);
    client.dispose();
  });

  it('Apollo Client by WebSocket', async () => {
    const socket = createWsClient({ url: wsUrl(gateway), webSocketImpl: WebSocket });
    const client = new ApolloClient({ link: new GraphQLWsLink(socket), cache: new InMemoryCache() });
    await followsBooks((observer) => {
      const subscription = client.subscribe({ query: gql(SUBSCRIPTION) }).subscribe(observer);
      return () => subscription.unsubscribe();
    });
    client.stop();
    await socket.dispose();
  });

  it('Apollo Client by multipart', async () => {
    const client = new ApolloClient({
      link: new HttpLink({ uri: `${gateway.url}/graphql` }),
      cache: new InMemoryCache(),
    });
    await followsBooks((observer) => {
      const subscription = client.subscribe({ query: gql(SUBSCRIPTION) }).subscribe(observer);
      return () => subscription.unsubscribe();
    });
    client.stop();
  });

  it('urql by WebSocket', async () => {
    const socket = createWsClient({ url: wsUrl(gateway), webSocketImpl: WebSocket });
    const forward = subscriptionExchange({
      forwardSubscription: ({ query = '', variables }) => ({
        subscribe: (sink) => ({
          unsubscribe: socket.subscribe({ query, variables: variables as Record<string, unknown> }, sink as never),
        }),
      }),
    });
    const client = new UrqlClient({ url: `${gateway.url}/graphql`, exchanges: [forward], preferGetMethod: false });
    await followsBooks(urqlSubscribe(client));
    await socket.dispose();
  });

  it('urql by server-sent events', async () => {
    const client = new UrqlClient({
      url: `${gateway.url}/graphql`,
      exchanges: [fetchExchange],
      fetchSubscriptions: true,
      preferGetMethod: false,
    });
    await followsBooks(urqlSubscribe(client));
  });
});

/** urql has no call for the end of a subscription: its results have `hasNext: false` then. */
const urqlSubscribe =
  (client: UrqlClient) =>
  (observer: Observer): (() => void) => {
    const { unsubscribe } = client.subscription(SUBSCRIPTION, {}).subscribe((result) => {
      if (result.error !== undefined) observer.error(result.error);
      // The last one comes a second time with it.
      else if (!result.hasNext) observer.complete();
      else observer.next(result);
    });
    return unsubscribe;
  };
