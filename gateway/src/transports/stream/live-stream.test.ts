import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createLogger } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { afterEach, expect, it, vi } from 'vitest';
import { LiveQueue } from '../../subscriptions/live-queue.ts';
import { WaitingBytes } from '../../subscriptions/waiting-bytes.ts';
import { LiveConnections } from '../live-connections.ts';
import { carryStream } from './carry-stream.ts';

/** Less than what a result may leave waiting without being waited for itself. */
const RESULT_BYTES = 30_000;
const HIGH_WATER_BYTES = 64 * 1024;
const MINUTES = 5 * 60_000;

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

/** A stream of results, and its client, which does not read yet. */
async function openStream() {
  const connections = new LiveConnections({ keepAliveMs: 50, drainMs: 0 });
  connections.start();
  const log = createLogger({ service: 'gateway', level: 'silent' });
  const live = new LiveQueue(1000, new WaitingBytes(), () => {});
  const left = vi.fn();
  const { promise: begun, resolve: begin } = Promise.withResolvers<ServerResponse>();
  const server = createServer((_request, raw) => {
    const request = { id: '1', method: 'POST', accessFields: {}, tellAnswered() {} };
    const reply = { raw, request, hijack() {}, code() {}, getHeaders: () => ({}) };
    const seats = { subscription: { leave: left }, connection: { leave() {} } };
    const exchange = { request, seats, stream: 'sse' };
    carryStream({ connections, slowAfterMs: 1000, log })(exchange as never, reply as never, { live } as never);
    begin(raw);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.push(() => {
    server.closeAllConnections();
    server.close();
    return connections.stop();
  });
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => {}).pause();
  opened.push(() => client.destroy());
  client.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  return { live, left, client, connections, raw: await begun };
}

/** Sends results until the kernel takes no more of them, and one waits for longer than a moment. */
async function fill(live: LiveQueue, raw: ServerResponse): Promise<void> {
  const result = { data: JSON.stringify({ text: 'x'.repeat(RESULT_BYTES) }), errors: [] };
  await until('a result to wait', async () => {
    if (raw.writableLength > 0) return true;
    for (let sent = 0; sent < 20 && raw.writableLength === 0; sent++) {
      live.push({ result, eventId: undefined, requestId: '1' });
      await new Promise(setImmediate);
    }
    return undefined;
  });
  expect(raw.writableLength).toBeLessThan(HIGH_WATER_BYTES);
}

/** Passes over time that nothing happens in. */
function skip(ms: number): void {
  const now = performance.now.bind(performance);
  const skipped = vi.spyOn(performance, 'now').mockImplementation(() => now() + ms);
  opened.push(() => skipped.mockRestore());
}

it('ends for a client that takes nothing for minutes of what waits, however little that is', async () => {
  const { live, left, raw, connections } = await openStream();
  await fill(live, raw);
  skip(MINUTES);
  await until('it to end', () => left.mock.calls.length > 0);
  expect(left.mock.calls).toEqual([['slow_consumer']]);
  await until('it to be cut off', () => connections.size === 0);
  expect(raw.destroyed).toBe(true);
});

it('goes on for a client that takes it in time', async () => {
  const { live, left, client, raw } = await openStream();
  await fill(live, raw);
  skip(MINUTES - 60_000);
  const tail = readTail(client);
  await until('a heartbeat', () => tail().endsWith(':\n\n\r\n'));
  expect([raw.writableLength, left.mock.calls]).toEqual([0, []]);
});

/** Reads. @returns the end of what has come so far */
function readTail(client: Socket): () => string {
  let tail = '';
  client.on('data', (chunk) => {
    tail = (tail + chunk.toString('latin1')).slice(-100);
  });
  client.resume();
  return () => tail;
}
