import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { createLogger } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { expect, it, vi } from 'vitest';
import { LiveConnections } from '../live-connections.ts';
import { carryStream } from './carry-stream.ts';

/** An answer whose headers cannot be sent. */
function start() {
  const logLines: string[] = [];
  const log = createLogger({
    service: 'gateway',
    level: 'error',
    destination: { write: (line) => logLines.push(line) },
  });
  const connections = new LiveConnections({ keepAliveMs: 1000, drainMs: 1000 });
  const raw = new ServerResponse(new IncomingMessage(new Socket()));
  const request = { id: '1', method: 'POST', accessFields: {} as Record<string, unknown>, tellAnswered() {} };
  const reply = { raw, request, hijack() {}, code() {}, getHeaders: () => ({ link: 'a\nb' }) };
  const seats = { subscription: { leave: vi.fn() }, connection: { leave: vi.fn() } };
  const returned = vi.fn(async () => ({ done: true, value: undefined }));
  const carry = (answer: object) =>
    carryStream({ connections, slowAfterMs: 1000, log })({ request, seats } as never, reply as never, answer as never);
  return { carry, raw, request, connections, seats, returned, logLines };
}

it('leaves nothing of a subscription whose answer cannot begin', async () => {
  const { carry, raw, request, connections, seats, returned, logLines } = start();
  carry({ live: { return: returned } });
  await until('it to be logged', () => logLines.length === 1);
  expect(seats.connection.leave).toHaveBeenCalled();
  expect(seats.subscription.leave.mock.calls).toEqual([['failed']]);
  expect(returned).toHaveBeenCalled();
  expect([raw.destroyed, connections.size, request.accessFields.outcome]).toEqual([true, 0, 'failure']);
});

it('leaves nothing of an answer in parts that cannot begin', () => {
  const { carry, raw, request, returned, logLines } = start();
  carry({ body: '{}', later: { return: returned } });
  expect(returned).toHaveBeenCalled();
  expect([raw.destroyed, logLines.length, request.accessFields.outcome]).toEqual([true, 1, 'failure']);
});
