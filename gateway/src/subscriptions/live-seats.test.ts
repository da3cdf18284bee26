import { anonymous, createMetrics } from '@tributary/service-kit';
import { readMetrics } from '@tributary/service-kit/testing';
import { expect, it } from 'vitest';
import { HeapRoom } from '../memory/heap-room.ts';
import { LiveSeats } from './live-seats.ts';

const limits = { connections: { perNode: 9, perAddress: 9 }, perNode: 2, perUser: 9 };

it('are taken at once, and counted as active from when a subscription hears', async () => {
  const metrics = createMetrics({ service: 'gateway', processMetrics: false });
  const seats = new LiveSeats(limits, new HeapRoom(), metrics);
  const active = async () => {
    const samples =
      readMetrics(await metrics.scrape('text'), 'text').get('graphql_subscriptions_active')?.samples ?? [];
    return samples.reduce((sum, { value }) => sum + value, 0);
  };
  const first = seats.subscribe('sse', anonymous, '192.0.2.1');
  const second = seats.subscribe('sse', anonymous, '192.0.2.1');
  expect(await active()).toBe(0);
  expect(() => seats.subscribe('sse', anonymous, '192.0.2.1')).toThrow(
    expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }),
  );
  first.begin();
  expect(await active()).toBe(1);
  // It has never begun.
  second.leave(undefined);
  expect(await active()).toBe(1);
  first.leave('left');
  expect(await active()).toBe(0);
  expect(seats.subscriptions).toBe(0);
});
