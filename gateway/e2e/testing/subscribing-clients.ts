import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client/core';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { fetchExchange, subscriptionExchange, Client as UrqlClient } from '@urql/core';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** What comes of a subscription, as clients hand it on. */
export interface Observer {
  // biome-ignore lint/suspicious/noExplicitAny: a test reads data of many shapes
  next(result: { data?: any; extensions?: any }): void;
  error(error: unknown): void;
  complete(): void;
}

/** A client of GraphQL that others have written. */
export interface SubscribingClient extends AsyncDisposable {
  readonly name: string;
  /** @returns what leaves it */
  subscribe(observer: Observer): () => void;
}

export interface SubscribedOperation {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  /** Of requests; for WebSockets, of their parameters. */
  readonly headers?: Record<string, string>;
}

type Make = (url: string, operation: Required<SubscribedOperation>) => Omit<SubscribingClient, 'name'>;

export const wsUrl = (url: string) => `${url.replace('http', 'ws')}/graphql`;

const wsClient = (url: string, connectionParams: Record<string, string>) =>
  createWsClient({ url: wsUrl(url), webSocketImpl: WebSocket, connectionParams });

const CLIENTS: Readonly<Record<string, Make>> = {
  'graphql-ws'(url, { query, variables, headers }) {
    const client = wsClient(url, headers);
    return {
      subscribe: (observer) => client.subscribe({ query, variables }, observer as never),
      [Symbol.asyncDispose]: async () => client.dispose(),
    };
  },
  'graphql-sse'(url, { query, variables, headers }) {
    const client = createSseClient({ url: `${url}/graphql`, headers, retryAttempts: 0 });
    return {
      subscribe: (observer) => client.subscribe({ query, variables }, observer as never),
      [Symbol.asyncDispose]: async () => client.dispose(),
    };
  },
  'Apollo Client by WebSocket'(url, operation) {
    const socket = wsClient(url, operation.headers);
    const client = new ApolloClient({ link: new GraphQLWsLink(socket), cache: new InMemoryCache() });
    return {
      subscribe: apolloSubscribe(client, operation),
      async [Symbol.asyncDispose]() {
        client.stop();
        await socket.dispose();
      },
    };
  },
  'Apollo Client by multipart'(url, operation) {
    const link = new HttpLink({ uri: `${url}/graphql`, headers: operation.headers });
    const client = new ApolloClient({ link, cache: new InMemoryCache() });
    return { subscribe: apolloSubscribe(client, operation), [Symbol.asyncDispose]: async () => client.stop() };
  },
  'urql by WebSocket'(url, operation) {
    const socket = wsClient(url, operation.headers);
    const forward = subscriptionExchange({
      forwardSubscription: ({ query = '', variables }) => ({
        subscribe: (sink) => ({
          unsubscribe: socket.subscribe({ query, variables: variables as Record<string, unknown> }, sink as never),
        }),
      }),
    });
    const client = new UrqlClient({ url: `${url}/graphql`, exchanges: [forward], preferGetMethod: false });
    return { subscribe: urqlSubscribe(client, operation), [Symbol.asyncDispose]: async () => socket.dispose() };
  },
  'urql by server-sent events'(url, operation) {
    const client = new UrqlClient({
      ...{ url: `${url}/graphql`, exchanges: [fetchExchange], fetchOptions: { headers: operation.headers } },
      ...{ fetchSubscriptions: true, preferGetMethod: false },
    });
    return { subscribe: urqlSubscribe(client, operation), async [Symbol.asyncDispose]() {} };
  },
};

export const CLIENT_NAMES = Object.keys(CLIENTS);

/** @param url of the gateway */
export function subscribingClient(
  name: string,
  url: string,
  { query, variables = {}, headers = {} }: SubscribedOperation,
): SubscribingClient {
  const make = CLIENTS[name];
  if (make === undefined) throw new Error(`there is no client ${name}`);
  return { name, ...make(url, { query, variables, headers }) };
}

export const apolloSubscribe =
  (client: ApolloClient, { query, variables = {} }: SubscribedOperation): SubscribingClient['subscribe'] =>
  (observer) => {
    // A failure of the operation is a result, too.
    const next = (result: { data?: unknown; error?: unknown }) =>
      result.error === undefined ? observer.next(result) : observer.error(result.error);
    const subscription = client.subscribe({ query: gql(query), variables }).subscribe({ ...observer, next });
    return () => subscription.unsubscribe();
  };

/** urql has no call for the end of a subscription: its results have `hasNext: false` then. */
export const urqlSubscribe =
  (client: UrqlClient, { query, variables = {} }: SubscribedOperation): SubscribingClient['subscribe'] =>
  (observer) => {
    const { unsubscribe } = client.subscription(query, variables).subscribe((result) => {
      if (result.error !== undefined) observer.error(result.error);
      // The last one comes a second time with it.
      else if (!result.hasNext) observer.complete();
      else observer.next(result);
    });
    return unsubscribe;
  };
