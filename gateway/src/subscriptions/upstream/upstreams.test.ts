import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '@tributary/service-kit/testing';
import { GraphQLError } from 'graphql';
import { createHandler } from 'graphql-sse/lib/use/http';
import { useServer } from 'graphql-ws/use/ws';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { json } from '../../testing/fake-subgraph.ts';
import { LiveQueue } from '../live-queue.ts';
import { type Item, type LiveGraph, nextOf, startLiveGraph, user } from '../testing/live-graph.ts';
import { WaitingBytes } from '../waiting-bytes.ts';
import { openEventStream } from './open-event-stream.ts';
import { openWebSocket } from './open-web-socket.ts';

const SEEN = 'subscription ($shelf: String!) { itemSeen(shelf: $shelf) { name stock } }';

/** What is on shelves: `show` puts something there, for all who look; undefined: nothing will be there any more. */
function shelves() {
  const looking = new Map<string, Set<LiveQueue>>();
  let refusal: GraphQLError | undefined;
  return {
    refuseWith(error: GraphQLError) {
      refusal = error;
    },
    lookers: (shelf: string) => looking.get(shelf)?.size ?? 0,
    show(shelf: string, item: Item | undefined) {
      for (const queue of [...(looking.get(shelf) ?? [])]) {
        if (item === undefined) queue.finish('completed');
        else queue.push(Object.assign(item, { result: { data: '', errors: [] } }) as never);
      }
    },
    seen(shelf: string): AsyncIterable<Item> {
      if (refusal !== undefined) throw refusal;
      const all = looking.get(shelf) ?? new Set();
      const queue: LiveQueue = new LiveQueue(10, new WaitingBytes(), () => void all.delete(queue));
      looking.set(shelf, all.add(queue));
      return queue as AsyncIterable<never>;
    },
  };
}

describe.each(['ws', 'sse'] as const)('a subscription to a subgraph by %s', (protocol) => {
  const opened: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of opened.splice(0).reverse()) await close();
  });

  async function start() {
    const shelf = shelves();
    const server = createServer();
    await listen(server, 0);
    const { port } = server.address() as AddressInfo;
    const url = `${protocol === 'ws' ? 'ws' : 'http'}://127.0.0.1:${port}/live`;
    const graph = await startLiveGraph({ upstream: { protocol, url }, seen: shelf.seen });
    const asked = serve(server, protocol, graph);
    opened.push(async () => {
      server.closeAllConnections();
      server.close();
    });
    opened.push(async () => graph[Symbol.asyncDispose]());
    const subscribe = (name: string, id = 'a') =>
      graph.subscribe(SEEN, { variables: { shelf: name }, identity: user(id) });
    return { ...graph, server, port, asked, shelf, subscribe };
  }

  it('completes what the subgraph says, asks it once for all who ask the same as the same, and leaves with the last', async () => {
    const { subscribe, asked, shelf, metrics } = await start();
    const same = await Promise.all([subscribe('top'), subscribe('top')]);
    const others = await Promise.all([subscribe('low'), subscribe('top', 'b')]);
    await until('the subgraph to look', () => shelf.lookers('top') === 2 && shelf.lookers('low') === 1);
    expect(asked).toHaveLength(3);
    const scraped = await metrics.scrape();
    expect(scraped).toMatch(/^graphql_subscription_upstreams{.*subgraph="items".*} 3$/m);
    expect(scraped).toMatch(/^graphql_subscription_upstream_errors_total{.*subgraph="items".*} 0$/m);
    shelf.show('top', { id: '1', name: 'a cup' });
    const results = await Promise.all([...same, others[1]].map((live) => nextOf(live as (typeof same)[0])));
    for (const { data, eventId } of results) {
      expect([data, eventId]).toEqual([{ itemSeen: { name: 'a cup', stock: 7 } }, undefined]);
    }
    await same[0]?.return?.();
    await others[1]?.return?.();
    await until('one to have left', () => shelf.lookers('top') === 1);
    await same[1]?.return?.();
    await until('all to have left', () => shelf.lookers('top') === 0);
    shelf.show('low', undefined);
    expect(await others[0]?.next()).toEqual({ done: true, value: undefined });
    expect(others[0]?.end).toBe('completed');
  });

  it('says nothing more once it is left', async () => {
    const { port, shelf } = await start();
    const url = `${protocol === 'ws' ? 'ws' : 'http'}://127.0.0.1:${port}/live`;
    const ended = vi.fn();
    const sink = { connected() {}, next() {}, refused: ended, complete: ended, failed: ended };
    const query = 'subscription { itemSeen(shelf: "top") { name } }';
    const asked = { url, query, variables: {}, maxBytes: 1000, headers: async () => ({}) };
    const leave = (protocol === 'ws' ? openWebSocket : openEventStream)(asked, sink);
    await until('the subgraph to look', () => shelf.lookers('top') === 1);
    leave();
    await until('it to have left', () => shelf.lookers('top') === 0);
    expect(ended).not.toHaveBeenCalled();
  });

  it('tells of refusals and of errors, with nothing of the subgraph in them', async () => {
    const { subscribe, shelf } = await start();
    const live = await subscribe('top');
    await until('the subgraph to look', () => shelf.lookers('top') === 1);
    shelf.show('top', {
      id: '1',
      get name(): string {
        throw new Error('postgres://items:secret@10.0.0.1');
      },
    });
    expect(await nextOf(live)).toMatchObject({ data: { itemSeen: { name: null } }, codes: ['INTERNAL_SERVER_ERROR'] });
    await live.return?.();
  });

  it('delivers what the subgraph has said before its end, and ends then', async () => {
    const { subscribe, shelf, subgraphs } = await start();
    const live = await subscribe('top');
    await until('the subgraph to look', () => shelf.lookers('top') === 1);
    // Its last event is not completed yet when it ends.
    const held: (() => void)[] = [];
    subgraphs.stock.answerWith((request, response) => {
      const answer = json({ data: { _entities: [{ __typename: 'Item', stock: 7 }] } });
      held.push(() => answer(request, response));
    });
    for (const name of ['a cup', 'a bowl']) shelf.show('top', { id: '1', name });
    shelf.show('top', undefined);
    await until('the other subgraph to be asked', () => held.length === 1);
    await until('the end to be heard', () => shelf.lookers('top') === 0);
    subgraphs.stock.answerWith(undefined);
    held[0]?.();
    expect((await nextOf(live)).data).toEqual({ itemSeen: { name: 'a cup', stock: 7 } });
    expect((await nextOf(live)).data).toEqual({ itemSeen: { name: 'a bowl', stock: 7 } });
    expect(await live.next()).toEqual({ done: true, value: undefined });
    expect(live.end).toBe('completed');
  });

  it('tells why a subgraph refuses it', async () => {
    const { subscribe, shelf, asked, metrics } = await start();
    shelf.refuseWith(new GraphQLError('It is closed.', { extensions: { code: 'SHELF_CLOSED' } }));
    const live = await subscribe('top');
    expect(await nextOf(live)).toMatchObject({ data: { itemSeen: null }, codes: ['SHELF_CLOSED'] });
    expect(await live.next()).toEqual({ done: true, value: undefined });
    expect([live.end, asked.length]).toEqual(['completed', 1]);
    expect(await metrics.scrape()).toMatch(/^graphql_subscription_upstream_errors_total{.*subgraph="items".*} 1$/m);
  });

  it('looks for a subgraph that is away, and gives it up in the end', async () => {
    const { subscribe, shelf, server, port } = await start();
    const live = await subscribe('top');
    await until('the subgraph to look', () => shelf.lookers('top') === 1);
    server.close();
    server.closeAllConnections();
    await until('the subgraph to be away', () => !server.listening && shelf.lookers('top') === 0);
    await listen(server, port);
    await until('the subgraph to look again', () => shelf.lookers('top') === 1);
    shelf.show('top', { id: '1', name: 'found' });
    expect((await nextOf(live)).data).toMatchObject({ itemSeen: { name: 'found' } });
    await live.return?.();
  });
});

it.each([
  ['FORBIDDEN', 'FORBIDDEN'],
  ['SHELF_CLOSED', 'SUBSCRIPTION_UNAVAILABLE'],
  ['GRAPHQL_VALIDATION_FAILED', 'SUBSCRIPTION_UNAVAILABLE'],
])('is refused where the subgraph does not even begin, for %s, and asked once', async (said, code) => {
  const server = createServer();
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  await using graph = await startLiveGraph({ upstream: { protocol: 'ws', url: `ws://127.0.0.1:${port}/` } });
  const asked = serve(server, 'ws', graph, [new GraphQLError('Not on 10.0.0.1.', { extensions: { code: said } })]);
  const request = { variables: { shelf: 'top' } };
  await expect(graph.subscribe(SEEN, request).then((live) => live.next())).rejects.toMatchObject({
    ...{ code, message: expect.not.stringContaining('10.0.0.1') },
  });
  expect(asked).toHaveLength(1);
  server.closeAllConnections();
  server.close();
});

const listen = (server: Server, port: number) =>
  new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));

/** @returns what it was asked for, as it comes */
function serve(
  server: Server,
  protocol: 'ws' | 'sse',
  { schema }: LiveGraph,
  refusal?: readonly GraphQLError[],
): unknown[] {
  const asked: unknown[] = [];
  if (protocol === 'sse') {
    const handle = createHandler({ schema });
    server.on('request', (request, response) => {
      asked.push(request.headers);
      handle(request, response).catch(() => response.destroy());
    });
    return asked;
  }
  const sockets = new WebSocketServer({ noServer: true });
  const onSubscribe = (_context: unknown, _id: string, payload: unknown) => {
    asked.push(payload);
    return refusal;
  };
  useServer({ schema, onSubscribe }, sockets);
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
  });
  // Its sockets are no longer the server's.
  const closeAll = server.closeAllConnections.bind(server);
  server.closeAllConnections = () => {
    for (const client of sockets.clients) client.terminate();
    closeAll();
  };
  return asked;
}
