import { ApolloClient, InMemoryCache } from '@apollo/client/core';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { subscriptionExchange, Client as UrqlClient } from '@urql/core';
import type { Client, FormattedExecutionResult, Sink, SubscribePayload } from 'graphql-ws';

/** The client, of which a subscription goes on behind its last event when it is connected again. */
export const resuming = (client: Client): Client => ({
  ...client,
  subscribe<Data, Extensions>(request: SubscribePayload, sink: Sink<FormattedExecutionResult<Data, Extensions>>) {
    // Sent with each connection, as it is by then. Empty: there is none yet.
    const extensions = { ...request.extensions, lastEventId: '' };
    const next = (result: FormattedExecutionResult<Data, Extensions>) => {
      const { eventId } = (result.extensions ?? {}) as { eventId?: string };
      extensions.lastEventId = eventId ?? extensions.lastEventId;
      // The first one says where the subscription begins, and nothing else.
      if (result.data !== null || result.errors !== undefined) sink.next(result);
    };
    const [error, complete] = [sink.error.bind(sink), sink.complete.bind(sink)];
    return client.subscribe<Data, Extensions>({ ...request, extensions }, { next, error, complete });
  },
});

export const apolloOver = (client: Client) =>
  new ApolloClient({ link: new GraphQLWsLink(resuming(client)), cache: new InMemoryCache() });

export function urqlOver(client: Client, url: string) {
  const { subscribe } = resuming(client);
  const forward = subscriptionExchange({
    forwardSubscription: ({ query = '', variables = {} }) => ({
      subscribe: (sink) => ({ unsubscribe: subscribe({ query, variables }, sink as Sink) }),
    }),
  });
  return new UrqlClient({ url, exchanges: [forward], preferGetMethod: false });
}
