import { ApolloClient, gql, HttpLink, InMemoryCache, type OperationVariables } from '@apollo/client';
import { Defer20220824Handler, GraphQL17Alpha9Handler } from '@apollo/client/incremental';
import { Client, fetchExchange, gql as parsed } from '@urql/core';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { mergePayloads } from '../src/incremental/testing/merge-payloads.ts';
import {
  collected,
  type DeferredGateway,
  FORMER,
  type Payload,
  startDeferredGateway,
} from './testing/deferred-graph.ts';

const product = (id: number, name: string) => ({ id: `${id}`, name });
const withReviews = ({ id, name }: ReturnType<typeof product>) => ({
  ...{ id, name, rating: Number(id) + 3 },
  reviews: [
    { id: `${id}a`, body: 'good' },
    { id: `${id}b`, body: 'bad' },
  ],
});
const PRODUCTS = [product(1, 'Saw'), product(2, 'Nail')];
const SHELF = [product(2, 'Nail'), product(3, 'Glue'), product(1, 'Saw'), product(4, 'Tape')];

const DEFERRED = {
  query: `query More {
    products { __typename id name ...@defer(label: "more") { rating reviews { id body } } }
    ... @defer(label: "viewer") { me { id age } }
  }`,
  first: { products: PRODUCTS },
  whole: { products: PRODUCTS.map(withReviews), me: { id: 'u1', age: 30 } },
  /** What waits until the client has the first payload. */
  held: [],
  urql: {},
};
const STREAMED = {
  query: `query Shelf {
    shelf @stream(initialCount: 1, label: "shelf") { __typename id name rating reviews { __typename id body } }
    ... @defer(label: "viewer") { me { id age } }
  }`,
  first: { shelf: SHELF.slice(0, 1).map(withReviews) },
  whole: { shelf: SHELF.map(withReviews), me: { id: 'u1', age: 30 } },
  held: ['3', '1', '4'],
  /** urql 6.0 looks for the index in the path of items, where only the format of 2022 has it. */
  urql: { headers: { accept: FORMER } },
};

describe.each([
  ['A deferred query', DEFERRED],
  ['A streamed list', STREAMED],
])('%s', (_what, { query: QUERY, first: FIRST, whole: WHOLE, held, urql }) => {
  let gateway: DeferredGateway;
  beforeAll(async () => {
    gateway = await startDeferredGateway();
  });
  afterAll(() => gateway[Symbol.asyncDispose]());
  /** Nothing that is deferred comes before the client has said that it has the rest. */
  beforeEach(() => {
    gateway.slowReviews.close(...held);
    gateway.slowUsers.close();
  });
  const goOn = () => {
    gateway.slowReviews.open();
    gateway.slowUsers.open();
  };

  it.each([
    ['GraphQL17Alpha9Handler', new GraphQL17Alpha9Handler()],
    ['Defer20220824Handler', new Defer20220824Handler()],
  ] as const)('Apollo Client, %s', async (_name, incrementalHandler) => {
    const client = new ApolloClient({
      link: new HttpLink({ uri: `${gateway.running.url}/graphql` }),
      cache: new InMemoryCache(),
      incrementalHandler: incrementalHandler as never,
    });
    const seen: unknown[] = [];
    const whole = await new Promise((resolve, reject) => {
      client.watchQuery<unknown, OperationVariables>({ query: gql(QUERY) }).subscribe({
        next({ data, loading, error }) {
          if (error !== undefined) reject(error);
          if (data === undefined) return;
          if (seen.push(data) === 1) goOn();
          if (!loading) resolve(data);
        },
        error: reject,
      });
    });
    expect(seen[0]).toMatchObject(FIRST);
    expect(seen[0]).not.toHaveProperty('me');
    expect(whole).toMatchObject(WHOLE);
    client.stop();
  });

  it('urql', async () => {
    const client = new Client({
      url: `${gateway.running.url}/graphql`,
      exchanges: [fetchExchange],
      preferGetMethod: false,
      fetchOptions: urql,
    });
    const seen: { data: unknown; hasNext: boolean }[] = [];
    await new Promise<void>((resolve, reject) => {
      client.query(parsed(QUERY), {}).subscribe(({ data, error, hasNext }) => {
        if (error !== undefined) reject(error);
        seen.push({ data: structuredClone(data), hasNext });
        if (seen.length === 1) goOn();
        if (!hasNext) resolve();
      });
    });
    expect(seen[0]).toMatchObject({ data: FIRST, hasNext: true });
    expect(seen.at(-1)?.data).toMatchObject(WHOLE);
  });

  it('graphql-ws', async () => {
    const client = createWsClient({
      url: `${gateway.running.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
    });
    const payloads: Payload[] = [];
    for await (const payload of client.iterate({ query: QUERY })) {
      if (payloads.push(payload) === 1) goOn();
    }
    await client.dispose();
    expect(payloads[0].data).toMatchObject(FIRST);
    expect(mergePayloads(payloads).data).toMatchObject(WHOLE);
  });

  it('graphql-sse', async () => {
    const client = createSseClient({ url: `${gateway.running.url}/graphql` });
    const payloads: Payload[] = [];
    for await (const payload of client.iterate({ query: QUERY })) {
      if (payloads.push(payload) === 1) goOn();
    }
    client.dispose();
    expect(payloads[0].data).toMatchObject(FIRST);
    expect(mergePayloads(payloads).data).toMatchObject(WHOLE);
  });

  it('meros', async () => {
    const payloads = gateway.parts(QUERY);
    const first = (await payloads.next()).value;
    goOn();
    expect(first.data).toMatchObject(FIRST);
    expect(mergePayloads([first, ...(await collected(payloads))]).data).toMatchObject(WHOLE);
  });
});
