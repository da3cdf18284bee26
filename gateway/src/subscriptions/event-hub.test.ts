import {
  anonymous,
  createLogger,
  createMetrics,
  type EventTail,
  type LogPart,
  type TailedEvent,
} from '@tributary/service-kit';
import { testEvent } from '@tributary/service-kit/testing';
import { afterEach, expect, it, vi } from 'vitest';
import { type EventBinding, topicOf } from '../supergraph/event-binding.ts';
import { EventHub } from './event-hub.ts';

const CHANGED = 'shop.item.changed.v1';
const TOLD = 'shop.item.told.v1';
const LOG = 'log';
const binding: EventBinding = {
  ...{ id: 'items', types: [CHANGED], entity: 'Item' },
  ...{ key: new Map([['id', 'itemId']]), where: new Map(), caller: undefined },
};
const topic = topicOf(binding, {}, anonymous) as string;

const heardAt = (sequence: number, text = ''): TailedEvent => ({
  ...{ log: LOG, sequence },
  event: testEvent(CHANGED, { data: { itemId: String(sequence), text } }),
});

interface Fake {
  /** Where its follower begins. */
  from?: PromiseLike<{ log: string; sequence: number }>;
  read?: EventTail['read'];
}

/** A hub of a log that the test has in its hands. */
function hubOf({ from = Promise.resolve({ log: LOG, sequence: 100 }), read = async () => undefined }: Fake) {
  let hear: (heard: TailedEvent) => void = () => {};
  const reads = vi.fn(read);
  const following = { pending: 0, isHearing: true };
  const tail: EventTail = {
    ...{ name: 'fake', system: 'in_process', read: reads },
    follow(_types, listener) {
      hear = listener;
      return {
        from: from as Promise<{ log: string; sequence: number }>,
        get pending() {
          return following.pending;
        },
        get isHearing() {
          return following.isHearing;
        },
        stop() {},
      };
    },
  };
  const logLines: string[] = [];
  const log = createLogger({
    service: 'gateway',
    level: 'warn',
    destination: { write: (line) => logLines.push(line) },
  });
  const metrics = createMetrics({ service: 'gateway', processMetrics: false });
  const hub = new EventHub({ tail, log, metrics });
  const since = async (sequence: number) =>
    (await hub.replay(binding, topic, { log: LOG, sequence }))?.map(({ position }) => position?.sequence);
  const told = { logLines, metrics, following };
  return { hub, reads, since, ...told, hear: (heard: TailedEvent) => hear(heard), ready: () => hub.ready([CHANGED]) };
}

afterEach(() => void vi.useRealTimers());

it('does not read the log again for who comes from where too much has happened since', async () => {
  const { reads, since, hear, ready } = hubOf({});
  await ready();
  expect(await since(50)).toBeUndefined();
  for (const sequence of [50, 49, 1]) expect(await since(sequence)).toBeUndefined();
  expect(reads).toHaveBeenCalledTimes(1);
  expect(await since(51)).toBeUndefined();
  expect(reads).toHaveBeenCalledTimes(2);
  // Of another log it knows nothing.
  hear({ ...heardAt(60), log: 'another' });
  hear(heardAt(60));
  expect(await since(40)).toEqual([60]);
});

it('tells how much it has not heard, and whether it hears, once it wants to', async () => {
  const { ready, metrics, following } = hubOf({});
  const scraped = async () => {
    const text = await metrics.scrape();
    return ['pending', 'up'].map((name) => new RegExp(`_source_${name}{.*} (\\d+)`).exec(text)?.[1]);
  };
  Object.assign(following, { pending: 3, isHearing: false });
  expect(await scraped()).toEqual(['0', '1']);
  await ready();
  expect(await scraped()).toEqual(['3', '0']);
  following.isHearing = true;
  expect(await scraped()).toEqual(['3', '1']);
});

it('reads no log where it keeps as many events as it may', async () => {
  const { reads, since, hear, ready } = hubOf({});
  await ready();
  for (let sequence = 101; sequence <= 10_100; sequence++) hear(heardAt(sequence));
  expect(await since(99)).toBeUndefined();
  expect(reads).not.toHaveBeenCalled();
  expect(await since(10_099)).toEqual([10_100]);
});

it('reads events of more bytes than it may keep once, in parts, and keeps the last of them', async () => {
  const events = Array.from({ length: 19 }, (_, index) => heardAt(82 + index, 'x'.repeat(1024 ** 2)));
  const { reads, since, ready } = hubOf({
    async read({ after, upTo, mostBytes }) {
      const there = events.filter(({ sequence }) => sequence > after.sequence && sequence <= upTo);
      const part = there.slice(0, Math.ceil(mostBytes / 1024 ** 2));
      return { events: part, upTo: part.length < there.length ? (part.at(-1)?.sequence ?? 0) : upTo };
    },
  });
  await ready();
  expect(await since(81)).toBeUndefined();
  // No more of it is in memory at once than a part, and what is kept.
  const asked = reads.mock.calls.map(([{ after, mostBytes }]) => [after.sequence, mostBytes]);
  expect(asked).toEqual([81, 85, 89, 93, 97].map((sequence) => [sequence, 4 * 1024 ** 2]));
  for (const sequence of [81, 82, 92]) expect(await since(sequence)).toBeUndefined();
  expect(await since(93)).toEqual([94, 95, 96, 97, 98, 99, 100]);
  expect(reads).toHaveBeenCalledTimes(5);
});

it('tells once of events that do not say what the schema names', async () => {
  const { hub, hear, ready, logLines } = hubOf({});
  await ready();
  hub.listen(binding, topic, () => {});
  const wrong = { ...heardAt(101), event: testEvent(CHANGED, { data: { item: '1' } }) };
  // What is there and null is said.
  hear({ ...heardAt(100), event: testEvent(CHANGED, { data: { itemId: null } }) });
  for (const sequence of [101, 102]) hear({ ...wrong, sequence });
  const told = logLines.map((line) => JSON.parse(line)).filter(({ level }) => level === 'warn');
  expect(told).toMatchObject([{ event_type: CHANGED, entity: 'Item', fields: ['itemId'] }]);
});

it('lets some wait for the log, and no more', async () => {
  const { promise, resolve } = Promise.withResolvers<LogPart>();
  const { reads, since, hear, ready } = hubOf({ read: () => promise });
  await ready();
  hear(heardAt(101));
  const waiting = Array.from({ length: 20 }, () => since(90));
  for (let more = 0; more < 3; more++)
    await expect(since(90)).rejects.toMatchObject({ code: 'SUBSCRIPTION_UNAVAILABLE' });
  // Who needs no log does not wait for it.
  expect(await since(100)).toEqual([101]);
  resolve({ events: [heardAt(95)], upTo: 100 });
  for (const found of await Promise.all(waiting)) expect(found).toEqual([95, 101]);
  expect(reads).toHaveBeenCalledTimes(1);
  expect(await since(90)).toEqual([95, 101]);
});

it('does not take what it reads for all that there was where a type is added meanwhile', async () => {
  const { promise, resolve } = Promise.withResolvers<LogPart>();
  const { hub, reads, since, ready } = hubOf({ read: () => promise });
  await ready();
  const first = since(90);
  await vi.waitFor(() => expect(reads).toHaveBeenCalledTimes(1));
  await hub.ready([CHANGED, TOLD]);
  resolve({ events: [heardAt(95)], upTo: 100 });
  expect(await first).toEqual([95]);
  expect(await since(90)).toEqual([95]);
  expect(reads.mock.calls.map(([{ types }]) => types)).toEqual([[CHANGED], [CHANGED, TOLD]]);
});

it('keeps nobody who came while the broker was away, and wakes who waits', async () => {
  vi.useFakeTimers();
  const waiters: ((position: { log: string; sequence: number }) => void)[] = [];
  // biome-ignore lint/suspicious/noThenProperty: it counts who waits for it
  const from = { then: (wake: (typeof waiters)[number]) => void waiters.push(wake) } as unknown as Promise<never>;
  const { hub, ready } = hubOf({ from });
  const came = Array.from({ length: 5 }, () =>
    expect(ready()).rejects.toMatchObject({ code: 'SUBSCRIPTION_UNAVAILABLE' }),
  );
  await vi.advanceTimersByTimeAsync(5000);
  await Promise.all(came);
  const waits = ready();
  await vi.advanceTimersByTimeAsync(1000);
  expect(waiters).toHaveLength(1);
  waiters[0]?.({ log: LOG, sequence: 7 });
  await waits;
  expect(hub.position).toEqual({ log: LOG, sequence: 7 });
  await ready();
});

it('takes the place of another log that is there when it follows anew', async () => {
  const another = { log: 'another', sequence: 5 };
  const begins = [{ log: LOG, sequence: 100 }, another];
  // biome-ignore lint/suspicious/noThenProperty: each follower begins elsewhere
  const from = { then: (wake: (at: typeof another) => void) => wake(begins.shift() ?? another) };
  const { hub, hear, since, reads, ready, logLines } = hubOf({ from: from as PromiseLike<typeof another> });
  await ready();
  hear(heardAt(101));
  expect(await since(50)).toBeUndefined();
  await hub.ready([CHANGED, TOLD]);
  expect(hub.position).toEqual(another);
  expect(logLines.filter((line) => line.includes('another one'))).toHaveLength(1);
  // It has all behind that place, and can read what was before.
  hear({ ...heardAt(6), log: 'another' });
  const heard = async (sequence: number) => (await hub.replay(binding, topic, { ...another, sequence }))?.length;
  expect([await heard(6), await heard(5), reads.mock.calls.length]).toEqual([0, 1, 1]);
  await heard(3);
  expect(reads).toHaveBeenCalledTimes(2);
  expect(await since(101)).toBeUndefined();
});
