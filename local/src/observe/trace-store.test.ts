import { expect, test } from 'vitest';
import { spanIdOf, spanOf, traceIdOf } from './testing/span-of.ts';
import { TraceStore } from './trace-store.ts';

const idsIn = (store: TraceStore) => store.newestFirst().map(({ id }) => Number.parseInt(id, 16));

test('the oldest traces go when there are too many', () => {
  const store = new TraceStore({ traces: 2 });
  for (const trace of [1, 2, 3]) store.add([spanOf({ trace, id: 1 })]);
  store.add([spanOf({ trace: 2, id: 2, parent: 1 })]);
  expect(idsIn(store)).toEqual([3, 2]);
  expect(store.get(traceIdOf(1))).toBeUndefined();
  expect(store.get(traceIdOf(2))?.spans.size).toBe(2);
});

test('the oldest traces go when there are too many spans', () => {
  const store = new TraceStore({ spans: 5 });
  for (const trace of [1, 2, 3]) store.add([spanOf({ trace, id: 1 }), spanOf({ trace, id: 2, parent: 1 })]);
  expect(idsIn(store)).toEqual([3, 2]);
  store.add(Array.from({ length: 4 }, (_, index) => spanOf({ trace: 4, id: index + 1 })));
  expect(idsIn(store)).toEqual([4]);
  // What went is not counted any more.
  store.add([spanOf({ trace: 5, id: 1 })]);
  expect(idsIn(store)).toEqual([5, 4]);
});

test('a trace keeps as many spans as it may have, and counts the others', () => {
  const store = new TraceStore({ spansOfTrace: 3 });
  store.add(Array.from({ length: 10 }, (_, index) => spanOf({ id: index + 1 })));
  expect(store.get(traceIdOf(1))).toMatchObject({ spans: { size: 3 }, droppedSpans: 7 });
});

test('a span that comes twice is there once, as it came last', () => {
  const store = new TraceStore({ spansOfTrace: 1 });
  store.add([spanOf({ id: 1, name: 'first' }), spanOf({ id: 1, name: 'again' })]);
  expect(store.get(traceIdOf(1))).toMatchObject({ spans: { size: 1 }, droppedSpans: 0 });
  expect(store.get(traceIdOf(1))?.spans.get(spanIdOf(1))?.name).toBe('again');
});

test('its version tells of each change, and of nothing else', () => {
  const store = new TraceStore();
  const before = store.version;
  store.add([]);
  expect(store.version).toBe(before);
  store.add([spanOf({ id: 1 })]);
  expect(store.version).not.toBe(before);
});

test('what a trace follows from is known by its links to other traces', () => {
  const store = new TraceStore();
  const links = [2, 1].map((trace) => ({ traceId: traceIdOf(trace), spanId: spanIdOf(1), attributes: {} }));
  store.add([spanOf({ trace: 1, id: 5, links })]);
  expect([...(store.get(traceIdOf(1))?.causes ?? [])]).toEqual([traceIdOf(2)]);
});
