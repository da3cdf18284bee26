import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Door } from '../../overload/door.ts';
import type { Shedding } from '../../overload/shedding.ts';
import type { Exchange } from '../exchange.ts';
import { admit } from './admit.ts';

it('tells how long it waited for its turn', async () => {
  const door = { tryEnter: () => false, enter: () => delay(50, true) } as unknown as Door;
  const exchange = { request: { headers: {} }, reply: { raw: {} }, params: { query: '{ a }' }, waitedMs: 0 };
  await admit(door, {} as Shedding, undefined)(exchange as unknown as Exchange);
  // Timers may be a millisecond early.
  expect(exchange.waitedMs).toBeGreaterThan(45);
  expect(exchange).toMatchObject({ isInside: true });
});
