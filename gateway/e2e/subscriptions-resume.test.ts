import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '@tributary/service-kit/testing';
import { createClient as createSseClient } from 'graphql-sse';
import { type Client, createClient as createWsClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openRawSocket, subscribing } from './testing/raw-socket.ts';
import { openRawStream } from './testing/raw-stream.ts';
import { apolloOver, resuming, urqlOver } from './testing/resuming-clients.ts';
import { SHELF_CHANGED, type ShelfGateways, startShelfGateways } from './testing/shelf-gateways.ts';
import { apolloSubscribe, type Observer, urqlSubscribe, wsUrl } from './testing/subscribing-clients.ts';

const sample = new URL('./testing/resuming-clients.ts', import.meta.url);
const docs = new URL('../../docs/subscriptions.md', import.meta.url);

describe('a subscription that can be resumed', () => {
  let gateways: ShelfGateways;
  beforeAll(async () => {
    gateways = await startShelfGateways();
  });
  afterAll(() => gateways[Symbol.asyncDispose]());

  /** Results that clients were sent, whatever they made of them. */
  let results = 0;
  const socket = () =>
    createWsClient({
      on: { message: ({ type }) => void (type === 'next' && results++) },
      ...{ url: () => wsUrl(gateways.url), webSocketImpl: WebSocket },
      // Sooner than it would by itself.
      ...{ shouldRetry: () => true, retryAttempts: 1000, retryWait: () => delay(20) },
    });
  const stream = () =>
    createSseClient({
      ...{ url: () => `${gateways.url}/graphql`, retryAttempts: 1000, retry: () => delay(20) },
      on: { message: ({ event }) => void (event === 'next' && results++) },
    });
  const operation = { query: SHELF_CHANGED };

  /** What each of the clients calls, and what ends it. */
  function clients(): Record<string, (observer: Observer) => unknown> {
    return {
      'graphql-ws': (observer) => resuming(socket()).subscribe(operation, observer as never),
      'graphql-sse': (observer) => resuming(stream() as unknown as Client).subscribe(operation, observer as never),
      Apollo: (observer) => apolloSubscribe(apolloOver(socket()), operation)(observer),
      urql: (observer) => urqlSubscribe(urqlOver(socket(), gateways.url), operation)(observer),
    };
  }

  it('misses nothing while the gateway restarts, before its first event and behind it, with the documented clients', async () => {
    const followed = Object.entries(clients()).map(([name, subscribe]) => {
      const seen: Record<'books' | 'places', number[]> & { errors: unknown[] } = { books: [], places: [], errors: [] };
      const leave = subscribe({
        next({ data, extensions }) {
          seen.books.push(data.shelfChanged.books);
          seen.places.push(Number(extensions.eventId.split('-')[1]));
        },
        error: (error) => seen.errors.push(error),
        complete: () => seen.errors.push('it is complete'),
      }) as () => void;
      return { name, ...seen, leave };
    });
    const all = (count: number) =>
      until(`${count} events for everybody`, () =>
        followed.every(({ places, errors }) => places.length >= count || errors.length > 0),
      );
    // Where they begin: they have had no event yet.
    await until('all to have begun', () => results === 4);
    await gateways.stop();
    await gateways.addBook();
    await gateways.start();
    await all(1);
    await gateways.addBook();
    await all(2);
    await gateways.stop();
    await gateways.addBook();
    await gateways.addBook();
    await gateways.start();
    await all(4);
    await gateways.addBook();
    await all(5);
    for (const { name, books, places, errors, leave } of followed) {
      expect(errors, name).toEqual([]);
      expect(places, name).toEqual([1, 2, 3, 4, 5]);
      // Each shows the state by then.
      expect(books, name).toEqual([1, 2, 4, 4, 5]);
      leave();
    }
    await gateways.subscribed(0);
  });

  it('by clients that docs/subscriptions.md has, word for word', () => {
    expect(readFileSync(docs, 'utf8')).toContain(`\`\`\`ts\n${readFileSync(sample, 'utf8')}\`\`\``);
  });

  it('says where it begins to those alone who say that they have no event yet', async () => {
    const START = /\{"data":null,"extensions":\{"eventId":"\w+-\d+"\}\}/;
    using raw = await openRawSocket(gateways.url);
    raw.send(subscribing('1', SHELF_CHANGED, { extensions: { lastEventId: '' } }));
    const { payload } = await raw.expect('next');
    expect(payload).toEqual({ data: null, extensions: { eventId: expect.stringMatching(/^\w+-\d+$/) } });
    const streams = await Promise.all(
      ['text/event-stream', 'multipart/mixed;subscriptionSpec=1.0'].flatMap((accept) =>
        [{ lastEventId: '' }, {}].map((extensions) =>
          openRawStream(`${gateways.url}/graphql`, {
            ...{ method: 'POST', headers: { 'content-type': 'application/json', accept } },
            body: JSON.stringify({ query: SHELF_CHANGED, extensions }),
          }),
        ),
      ),
    );
    await gateways.subscribed(5);
    await gateways.addBook();
    for (const each of streams) await each.has('"shelfChanged"');
    expect(streams.map((each) => START.test(each.text()))).toEqual([true, false, true, false]);
    for (const each of streams) each.leave();
  });
});
