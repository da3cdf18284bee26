import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { anonymous, createLogger, createMetrics } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { openEventStream } from './open-event-stream.ts';
import { openWebSocket } from './open-web-socket.ts';
import { Upstreams } from './upstreams.ts';

const query = 'subscription { itemSeen { name } }';

describe.each(['ws', 'sse'] as const)('a subgraph that answers with a status, by %s', (protocol) => {
  const opened: (() => unknown)[] = [];
  afterEach(() => {
    for (const close of opened.splice(0).reverse()) close();
  });

  /** Takes connections, and answers with the statuses that it is given, one after the other, in place of them. */
  async function startSubgraph() {
    const statuses: number[] = [];
    const connections: (Duplex | ServerResponse)[] = [];
    let asked = 0;
    const server = createServer((_request, response) => {
      asked++;
      const status = statuses.shift();
      if (status !== undefined) return response.writeHead(status, { location: '/' }).end('10.0.0.1 says no');
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      return connections.push(response);
    });
    const sockets = new WebSocketServer({ noServer: true });
    server.on('upgrade', (request, socket, head) => {
      asked++;
      const status = statuses.shift();
      if (status !== undefined) return socket.end(`HTTP/1.1 ${status} No\r\nlocation: /\r\n\r\n`);
      connections.push(socket);
      return sockets.handleUpgrade(request, socket, head, (client) =>
        client.on('message', () => client.send('{"type":"connection_ack"}')),
      );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    opened.push(() => {
      for (const connection of connections) connection.destroy();
      server.closeAllConnections();
      server.close();
    });
    const url = `${protocol === 'ws' ? 'ws' : 'http'}://127.0.0.1:${port}/`;
    return { url, statuses, connections, asked: () => asked };
  }

  async function openTo(url: string) {
    const sink = { connected: vi.fn(), next: vi.fn(), refused: vi.fn(), complete: vi.fn(), failed: vi.fn() };
    const open = protocol === 'ws' ? openWebSocket : openEventStream;
    opened.push(open({ url, query, variables: {}, maxBytes: 1000, headers: async () => ({}) }, sink));
    await until('the connection', () => sink.connected.mock.calls.length === 1);
    return sink;
  }

  it.each([302, 400, 401, 403, 404])('is not asked again behind %i', async (status) => {
    const { url, statuses, connections, asked } = await startSubgraph();
    const sink = await openTo(url);
    statuses.push(...Array.from({ length: 10 }, () => status));
    connections[0]?.destroy();
    await until('it to be given up', () => sink.failed.mock.calls.length > 0);
    expect(sink.failed.mock.calls).toEqual([
      [expect.objectContaining({ message: expect.stringContaining(`${status}`) })],
    ]);
    expect(asked()).toBe(2);
  });

  it.each([408, 425, 429, 503])('is asked again behind %i', async (status) => {
    const { url, statuses, connections } = await startSubgraph();
    const sink = await openTo(url);
    statuses.push(status);
    connections[0]?.destroy();
    await until('it to be connected again', () => sink.connected.mock.calls.length === 2);
    expect([sink.failed.mock.calls, statuses]).toEqual([[], []]);
  });

  it('is asked once by a client, who is told at once', async () => {
    const { url, statuses, asked } = await startSubgraph();
    statuses.push(...Array.from({ length: 10 }, () => 403));
    const lines: string[] = [];
    const upstreams = new Upstreams({
      subgraphs: { items: { subscriptions: { protocol, url } } },
      issuer: undefined,
      maxResponseBytes: 1000,
      log: createLogger({ service: 'gateway', level: 'warn', destination: { write: (line) => lines.push(line) } }),
      metrics: createMetrics({ service: 'gateway', processMetrics: false }),
    });
    const scope = { identity: anonymous, requestId: '1', canary: undefined };
    const listener = { event: vi.fn(), ended: vi.fn() };
    const call = { subgraph: 'items', query, variables: [] };
    await expect(upstreams.open(call as never, {}, scope as never, listener)).rejects.toMatchObject({
      code: 'SUBSCRIPTION_UNAVAILABLE',
    });
    expect(asked()).toBe(1);
    expect(lines.join()).toContain('403');
    expect(lines.join()).not.toContain('10.0.0.1');
  });
});
