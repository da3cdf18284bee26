import { createServer, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { until } from '@tributary/service-kit/testing';
import { afterEach, expect, it, vi } from 'vitest';
import { nextOf, startLiveGraph } from '../testing/live-graph.ts';
import { openEventStream } from './open-event-stream.ts';

/** Those of undici's time-outs, which have a clock of their own. */
const undiciTimers: { tick(ms: number): void } = createRequire(import.meta.url)('undici/lib/util/timers.js');

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

/** A subgraph that says what the test has it say. */
async function startStream() {
  const streams: ServerResponse[] = [];
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    streams.push(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { streams, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

async function openTo(url: string, maxBytes: number) {
  const sink = { connected: vi.fn(), next: vi.fn(), refused: vi.fn(), complete: vi.fn(), failed: vi.fn() };
  const query = 'subscription { itemSeen { name } }';
  opened.push(openEventStream({ url, query, variables: {}, maxBytes, headers: async () => ({}) }, sink));
  await until('the connection', () => sink.connected.mock.calls.length === 1);
  return sink;
}

it('is not cut where nothing happens for long', async () => {
  const { streams, url } = await startStream();
  const sink = await openTo(url, 1000);
  // The first has those that are new begin.
  for (const ms of [1000, 3_600_000]) undiciTimers.tick(ms);
  streams[0]?.write('event: next\ndata: {"data":{}}\n\n');
  await until('the event', () => sink.next.mock.calls.length === 1 || streams.length > 1);
  expect([sink.next.mock.calls.length, streams.length]).toEqual([1, 1]);
});

it.each([
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR', '\r'],
])('reads events without end whose lines end by %s, and none that is too long', async (_name, end) => {
  const { streams, url } = await startStream();
  const sink = await openTo(url, 1000);
  const event = (name: string) =>
    `event: next${end}data: ${JSON.stringify({ data: { itemSeen: { name } } })}${end}${end}`;
  for (let sent = 1; sent <= 30; sent++) {
    // Cut in the middle of what ends a line.
    const text = event('x'.repeat(500));
    streams[0]?.write(text.slice(0, -1));
    await new Promise(setImmediate);
    streams[0]?.write(text.slice(-1));
    await until('the event', () => sink.next.mock.calls.length === sent);
  }
  expect(streams).toHaveLength(1);
  streams[0]?.write(`data: ${'x'.repeat(400)}${end}`.repeat(3));
  await until('it to be given up', () => sink.failed.mock.calls.length > 0 || streams.length > 1);
  expect(sink.next).toHaveBeenCalledTimes(30);
});

it('is asked once by a client where it ends at once, also where its events come with its head', async () => {
  const { streams, url } = await startStream();
  await using graph = await startLiveGraph({ upstream: { protocol: 'sse', url } });
  const ends = graph.subscribe('subscription { itemSeen { name } }');
  await until('it to be asked', () => streams.length === 1);
  streams[0]?.end(
    'event: next\ndata: {"data":{"itemSeen":{"__typename":"Item","id":"1","name":"a cup"}}}\n\nevent: complete\n\n',
  );
  const live = await ends;
  expect((await nextOf(live)).data).toEqual({ itemSeen: { name: 'a cup' } });
  expect(await live.next()).toEqual({ done: true, value: undefined });
  expect([live.end, streams.length]).toEqual(['completed', 1]);
});
