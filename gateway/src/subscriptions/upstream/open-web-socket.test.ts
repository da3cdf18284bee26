import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { anonymous, createLogger, createMetrics } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { openWebSocket } from './open-web-socket.ts';
import { Upstreams } from './upstreams.ts';

const unhandled = vi.fn();
const opened: WebSocketServer[] = [];
beforeEach(() => void process.on('unhandledRejection', unhandled));
afterEach(() => {
  process.off('unhandledRejection', unhandled);
  unhandled.mockReset();
  for (const server of opened.splice(0)) server.close();
});

/** A subgraph that takes connections, and says nothing more. */
async function startSubgraph(port = 0) {
  const server = new WebSocketServer({ host: '127.0.0.1', port, handleProtocols: () => 'graphql-transport-ws' });
  opened.push(server);
  const sockets: WebSocket[] = [];
  server.on('connection', (socket) => {
    sockets.push(socket);
    socket.on('message', (text) => {
      if (String(text).includes('connection_init')) socket.send('{"type":"connection_ack"}');
    });
  });
  await once(server, 'listening');
  return { server, sockets, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

const sinkOf = () => ({ connected: vi.fn(), next: vi.fn(), refused: vi.fn(), complete: vi.fn(), failed: vi.fn() });
const asked = { query: 'subscription { itemSeen { name } }', variables: {}, maxBytes: 1000 };

it('is left without harm while it waits to connect again', async () => {
  const { sockets, url } = await startSubgraph();
  const sink = sinkOf();
  const leave = openWebSocket({ ...asked, url, headers: async () => ({}) }, sink);
  await until('the connection', () => sink.connected.mock.calls.length === 1);
  sockets[0]?.terminate();
  await delay(30);
  leave();
  // As long as it may wait.
  await delay(400);
  expect([unhandled.mock.calls, sink.failed.mock.calls, sockets.length]).toEqual([[], [], 1]);
});

it('is left without harm where nobody is there', async () => {
  const { server, url } = await startSubgraph();
  await new Promise((resolve) => server.close(resolve));
  const sink = sinkOf();
  openWebSocket({ ...asked, url, headers: async () => ({}) }, sink)();
  await delay(50);
  expect([unhandled.mock.calls, sink.failed.mock.calls]).toEqual([[], []]);
});

it('comes again to a subgraph that takes no connection for a while', async () => {
  const { server, sockets, url } = await startSubgraph();
  const sink = sinkOf();
  const leave = openWebSocket({ ...asked, url, headers: async () => ({}) }, sink);
  await until('the connection', () => sink.connected.mock.calls.length === 1);
  const { port } = server.address() as AddressInfo;
  const closed = new Promise((resolve) => server.close(resolve));
  for (const socket of sockets) socket.terminate();
  await closed;
  // Longer than until the first try.
  await delay(400);
  await startSubgraph(port);
  await until('it to come again', () => sink.connected.mock.calls.length === 2);
  expect(sink.failed).not.toHaveBeenCalled();
  leave();
});

it('fails once with why there are no headers, and asks nobody', async () => {
  const { sockets, url } = await startSubgraph();
  const sink = sinkOf();
  const cause = new Error('no key');
  const leave = openWebSocket({ ...asked, url, headers: () => Promise.reject(cause) }, sink);
  await until('it to fail', () => sink.failed.mock.calls.length > 0);
  leave();
  await delay(50);
  expect([unhandled.mock.calls, sink.failed.mock.calls, sockets.length]).toEqual([[], [[cause]], 0]);
});

it.each(['ws', 'sse'] as const)('is refused where nobody can be named to the subgraph, by %s', async (protocol) => {
  const { url } = await startSubgraph();
  const upstreams = new Upstreams({
    subgraphs: { items: { subscriptions: { protocol, url: protocol === 'ws' ? url : url.replace('ws', 'http') } } },
    issuer: { issue: () => Promise.reject(new Error('no key')) } as never,
    maxResponseBytes: 1000,
    log: createLogger({ service: 'gateway', level: 'error' }),
    metrics: createMetrics({ service: 'gateway', processMetrics: false }),
  });
  const call = { subgraph: 'items', query: asked.query, variables: [] };
  const scope = { identity: anonymous, requestId: '1', canary: undefined };
  const listener = { event: vi.fn(), ended: vi.fn() };
  await expect(upstreams.open(call as never, {}, scope as never, listener)).rejects.toMatchObject({
    code: 'SUBSCRIPTION_UNAVAILABLE',
  });
  await delay(20);
  expect(unhandled).not.toHaveBeenCalled();
});
