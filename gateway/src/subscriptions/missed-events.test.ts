import { afterEach, expect, it, vi } from 'vitest';
import type { LiveResult } from './live-operation.ts';
import { MissedEvents, type MissedReader } from './missed-events.ts';
import type { OpenSource, SourceEvent } from './source-event.ts';
import { WaitingBytes } from './waiting-bytes.ts';

const LOG = 'log';
const at = (sequence: number, log = LOG) => ({ log, sequence });
const eventAt = (sequence: number, log = LOG): SourceEvent => ({
  what: { entity: { __typename: 'Item', id: '1' } },
  position: at(sequence, log),
  traceparent: undefined,
});

/** A log that has an event at each place up to where it is. */
function start(now: number, waiting = new WaitingBytes()) {
  const log = { now };
  const replay = vi.fn(async ({ sequence }: { sequence: number }) => {
    const upTo = log.now;
    return sequence < 0
      ? undefined
      : Array.from({ length: upTo - sequence }, (_, index) => eventAt(sequence + index + 1));
  });
  let made = 0;
  const complete = vi.fn(async ({ position }: SourceEvent): Promise<LiveResult> => {
    const result = { data: `"${position?.sequence} ${made++}"`, errors: [] };
    return { result, eventId: undefined, requestId: '' };
  });
  const missed = new MissedEvents({ complete, waiting });
  const source = { position: () => at(log.now), replay } as unknown as OpenSource;
  const ended = vi.fn();
  const readerFrom = (sequence: number) => missed.readerFrom(source, at(sequence), ended);
  const hear = () => missed.add(eventAt(++log.now));
  return { missed, readerFrom, replay, complete, hear, ended, waiting, log };
}

async function readAll(reader: MissedReader, most = Number.POSITIVE_INFINITY): Promise<string[]> {
  const texts: string[] = [];
  for (let next = reader.next(); next !== undefined; next = reader.next()) {
    texts.push(JSON.parse((await next.result)?.result.data ?? 'null'));
    if (texts.length === most) break;
  }
  return texts;
}
const sequences = (texts: readonly string[]) => texts.map((text) => Number(text.split(' ')[0]));

afterEach(() => void vi.useRealTimers());

it('is read and completed once for all who come at about the same time, wherever they have got to', async () => {
  const { readerFrom, replay, complete, waiting } = start(10);
  const readers = await Promise.all(Array.from({ length: 1000 }, (_, index) => readerFrom(index % 2 === 0 ? 5 : 8)));
  const texts = await Promise.all(readers.map((reader) => readAll(reader)));
  expect(sequences(texts[0] ?? [])).toEqual([6, 7, 8, 9, 10]);
  expect(sequences(texts[1] ?? [])).toEqual([9, 10]);
  expect(replay).toHaveBeenCalledTimes(1);
  // The last two once more, for those who had newer ones by then.
  expect(complete).toHaveBeenCalledTimes(7);
  // One who has missed more: what is behind that is there.
  const earlier = await readerFrom(2);
  expect(sequences(await readAll(earlier))).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
  expect(replay).toHaveBeenCalledTimes(2);
  for (const reader of [...readers, earlier]) reader.leave();
  expect(waiting.bytes).toBe(0);
});

it('goes on with what happens while it is read', async () => {
  const { readerFrom, hear, replay } = start(2);
  const reader = await readerFrom(0);
  expect(sequences(await readAll(reader, 1))).toEqual([1]);
  for (let event = 0; event < 5000; event++) hear();
  const late = await readerFrom(1);
  expect(sequences(await readAll(reader))).toEqual(Array.from({ length: 5001 }, (_, index) => index + 2));
  hear();
  expect(sequences(await readAll(reader))).toEqual([5003]);
  expect(sequences(await readAll(late)).at(-1)).toBe(5003);
  expect(replay).toHaveBeenCalledTimes(1);
});

it('keeps nothing that all have read, and reads that again for who wants it', async () => {
  const { readerFrom, hear, replay, waiting } = start(1);
  const reader = await readerFrom(0);
  for (let event = 0; event < 10_000; event++) {
    hear();
    await readAll(reader);
  }
  const [bytes] = [waiting.bytes];
  expect(bytes).toBeLessThan(3000 * 400);
  const late = await readerFrom(3);
  expect(sequences(await readAll(late)).slice(0, 2)).toEqual([4, 5]);
  expect(replay).toHaveBeenCalledTimes(2);
});

it('tells nobody a state that is older than what they were told before', async () => {
  vi.useFakeTimers();
  const { readerFrom } = start(3);
  const first = await readAll(await readerFrom(1));
  expect(first).toEqual(['2 0', '3 1']);
  vi.advanceTimersByTime(500);
  expect(await readAll(await readerFrom(1))).toEqual(first);
  // Of what comes before them there is only a newer state.
  expect(await readAll(await readerFrom(0))).toEqual(['1 2', '2 3', '3 4']);
  expect(await readAll(await readerFrom(0))).toEqual(['1 2', '2 3', '3 4']);
  vi.advanceTimersByTime(1100);
  expect(await readAll(await readerFrom(2))).toEqual(['3 5']);
});

it('is refused where it is not kept any more, and for nobody else', async () => {
  const { readerFrom, waiting } = start(3);
  const [lost, good] = await Promise.allSettled([readerFrom(-1), readerFrom(1)]);
  expect(lost).toMatchObject({ status: 'rejected', reason: { code: 'SUBSCRIPTION_EVENTS_LOST' } });
  const reader = (good as PromiseFulfilledResult<MissedReader>).value;
  expect(sequences(await readAll(reader))).toEqual([2, 3]);
  reader.leave();
  expect(waiting.bytes).toBe(0);
});

it('ends for those who read where the log is another one', async () => {
  const { readerFrom, missed, ended } = start(3);
  await readerFrom(1);
  missed.add(eventAt(1, 'another'));
  expect(ended.mock.calls).toMatchObject([[{ code: 'SUBSCRIPTION_EVENTS_LOST' }]]);
});

it('completes again what had to be given up, and ends where even the events are too much', async () => {
  const waiting = new WaitingBytes(4000);
  const { readerFrom, hear, ended, complete } = start(3, waiting);
  const [one, two] = [await readerFrom(0), await readerFrom(0)];
  await readAll(one);
  const holder = { giveUp: vi.fn() };
  complete.mockClear();
  waiting.add(holder, holder, 100);
  expect(sequences(await readAll(two))).toEqual([1, 2, 3]);
  expect(complete).not.toHaveBeenCalled();
  for (let event = 0; event < 10; event++) hear();
  expect(ended).toHaveBeenCalledTimes(2);
  expect(ended).toHaveBeenCalledWith(undefined);
  expect(waiting.bytes).toBe(100);
});
