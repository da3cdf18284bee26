import { expect, test } from 'vitest';
import { spanIdOf, spanOf, traceIdOf } from './testing/span-of.ts';
import { TraceStore } from './trace-store.ts';
import { traceView } from './trace-view.ts';

const linkTo = (trace: number) => [{ traceId: traceIdOf(trace), spanId: spanIdOf(1), attributes: {} }];

const sectionsOf = (store: TraceStore, trace: number) =>
  traceView(store, traceIdOf(trace))?.sections.map(({ summary }) => Number.parseInt(summary.traceId, 16));

test('what links to a request follows it, and what links to that, by time', () => {
  const store = new TraceStore();
  store.add([
    // Arrives before what it follows from.
    spanOf({ trace: 4, id: 1, startMs: 130, links: linkTo(3) }),
    spanOf({ trace: 3, id: 1, startMs: 120, links: linkTo(1) }),
    spanOf({ trace: 2, id: 1, startMs: 110, durationMs: 90, links: linkTo(1) }),
    spanOf({ trace: 5, id: 1, startMs: 115 }),
    spanOf({ trace: 1, id: 1, startMs: 100 }),
  ]);
  expect(sectionsOf(store, 1)).toEqual([1, 2, 3, 4]);
  expect(sectionsOf(store, 3)).toEqual([3, 4]);
  const view = traceView(store, traceIdOf(1));
  expect(view).toMatchObject({ startMs: 100, durationMs: 100, causes: [] });
  expect(traceView(store, traceIdOf(3))?.causes).toMatchObject([{ traceId: traceIdOf(1) }]);
});

test('traces that follow from each other are told once', () => {
  const store = new TraceStore();
  store.add([spanOf({ trace: 1, id: 1, links: linkTo(2) }), spanOf({ trace: 2, id: 1, links: linkTo(1) })]);
  expect(sectionsOf(store, 1)).toEqual([1, 2]);
});

test('no more than 60 follow', () => {
  const store = new TraceStore();
  store.add([spanOf({ trace: 1, id: 1 })]);
  for (let trace = 2; trace < 200; trace++) store.add([spanOf({ trace, id: 1, links: linkTo(trace - 1) })]);
  expect(sectionsOf(store, 1)).toHaveLength(61);
});

test('a trace that is not here', () => {
  expect(traceView(new TraceStore(), traceIdOf(1))).toBeUndefined();
});
