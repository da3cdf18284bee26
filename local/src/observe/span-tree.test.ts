import { expect, test } from 'vitest';
import type { Span } from './span.ts';
import { spanRows } from './span-tree.ts';
import { spanOf } from './testing/span-of.ts';

const rowsOf = (...spans: Span[]) => spanRows(new Map(spans.map((span) => [span.spanId, span])));

/** `1 >2 >>3`: the names, a `>` for each level. */
const shape = (...spans: Span[]) =>
  rowsOf(...spans)
    .map(({ span, depth }) => '>'.repeat(depth) + Number.parseInt(span.spanId, 16))
    .join(' ');

test('children come after their parents, siblings by start, in whatever order they arrived', () => {
  expect(
    shape(
      spanOf({ id: 4, parent: 2, startMs: 3 }),
      spanOf({ id: 3, parent: 1, startMs: 5 }),
      spanOf({ id: 2, parent: 1, startMs: 2 }),
      spanOf({ id: 1, startMs: 1 }),
    ),
  ).toBe('1 >2 >>4 >3');
});

test('a span whose parent is not here begins a tree of its own, and says so', () => {
  const spans = [spanOf({ id: 1, startMs: 5 }), spanOf({ id: 2, parent: 99 }), spanOf({ id: 3, parent: 2 })];
  expect(shape(...spans)).toBe('2 >3 1');
  expect(rowsOf(...spans).map(({ isOrphan }) => isOrphan)).toEqual([true, false, false]);
});

test('circles are cut, and every span is there once', () => {
  expect(shape(spanOf({ id: 1, parent: 1 }))).toBe('1');
  expect(
    shape(
      spanOf({ id: 1, parent: 3, startMs: 1 }),
      spanOf({ id: 2, parent: 1, startMs: 2 }),
      spanOf({ id: 3, parent: 2, startMs: 3 }),
      spanOf({ id: 4 }),
    ),
  ).toBe('4 1 >2 >>3');
});

test('a trace that is deeper than the stack is drawn all the same', () => {
  const deep = Array.from({ length: 20_000 }, (_, index) => spanOf({ id: index + 1, parent: index }));
  expect(rowsOf(...deep)).toHaveLength(20_000);
});

const starts = (...spans: Span[]) => rowsOf(...spans).map(({ startMs }) => startMs);

test("a service's clock that is behind is set right by where its spans must lie, with all below", () => {
  expect(
    starts(
      spanOf({ id: 1, startMs: 1000, durationMs: 100 }),
      spanOf({ id: 2, parent: 1, service: 'orders', startMs: 400, durationMs: 60 }),
      spanOf({ id: 3, parent: 2, service: 'orders', startMs: 410, durationMs: 10 }),
    ),
  ).toEqual([1000, 1020, 1030]);
});

test('a longer child of another service is moved to the start of its parent', () => {
  const child = spanOf({ id: 2, parent: 1, service: 'orders', startMs: 400, durationMs: 500 });
  expect(starts(spanOf({ id: 1, startMs: 1000, durationMs: 100 }), child)).toEqual([1000, 1000]);
});

test('what may be true is left as it is: a later start, a later end, and the own clock of a service', () => {
  const parent = spanOf({ id: 1, startMs: 1000, durationMs: 100 });
  expect(starts(parent, spanOf({ id: 2, parent: 1, service: 'orders', startMs: 1500 }))).toEqual([1000, 1500]);
  expect(starts(parent, spanOf({ id: 2, parent: 1, startMs: 999 }))).toEqual([1000, 999]);
});
