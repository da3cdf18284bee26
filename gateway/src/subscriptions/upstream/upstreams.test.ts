import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '@tributary/service-kit/testing';
import { createHandler } from 'graphql-sse/lib/use/http';
import { useServer } from 'graphql-ws/use/ws';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { LiveQueue } from '../live-queue.ts';
import { type Item, type LiveGraph, nextOf, startLiveGraph, user } from '../testing/live-graph.ts';
import { openEventStream } from './open-event-stream.ts';
import { openWebSocket } from './open-web-socket.ts';

const SEEN = 'subscription ($shelf: String!) { itemSeen(shelf: $shelf) { name stock } }';

/** What is on shelves: `show` puts something there, for all who look; undefined: nothing will be there any more. */
function shelves() {
  const looking = new Map<string, Set<LiveQueue>>();
  return {
    lookers: (shelf: string) => looking.get(shelf)?.size ?? 0,
    show(shelf: string, item: Item | undefined) {
      for (const queue of [...(looking.get(shelf) ?? [])]) {
        if (item === undefined) queue.finish('completed');
        else queue.push(item as never);
      }
    },
    seen(shelf: string): AsyncIterable<Item> {
      const all = looking.get(shelf) ?? new Set();
      const queue: LiveQueue = new LiveQueue(10, () => void all.delete(queue));
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

const listen = (server: Server, port: number) =>
  new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));

/** @returns what it was asked for, as it comes */
function serve(server: Server, protocol: 'ws' | 'sse', { schema }: LiveGraph): unknown[] {
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
  useServer({ schema, onSubscribe: (_context, _id, payload) => void asked.push(payload) }, sockets);
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
