import type { Span } from './span.ts';

/** A line of the waterfall. */
export interface SpanRow {
  span: Span;
  depth: number;
  /** Where its bar begins: the span's own start, unless clocks of two services differ. */
  startMs: number;
  /** Its parent is not here: still on its way, or not recorded by us. */
  isOrphan: boolean;
}

/** Every span once, parents before their children and siblings by start, whatever arrived: orphans and circles too. */
export function spanRows(spans: ReadonlyMap<string, Span>): SpanRow[] {
  const children = Map.groupBy(spans.values(), ({ parentSpanId, spanId }) =>
    parentSpanId !== undefined && parentSpanId !== spanId && spans.has(parentSpanId) ? parentSpanId : ROOT,
  );
  const rows: SpanRow[] = [];
  const seen = new Set<string>();

  /** With a stack of its own: a trace may be deeper than the engine's. */
  function visit(root: Span): void {
    const waiting: { span: Span; parent?: SpanRow; shiftMs: number }[] = [{ span: root, shiftMs: 0 }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { span, parent } = next;
      if (seen.has(span.spanId)) continue;
      seen.add(span.spanId);
      const shiftMs = parent === undefined ? 0 : shiftOf(span, parent, next.shiftMs);
      const row: SpanRow = {
        span,
        depth: parent === undefined ? 0 : parent.depth + 1,
        startMs: span.startMs + shiftMs,
        isOrphan: parent === undefined && span.parentSpanId !== undefined,
      };
      rows.push(row);
      for (const child of (children.get(span.spanId) ?? []).sort(byStart).reverse()) {
        waiting.push({ span: child, parent: row, shiftMs });
      }
    }
  }

  for (const root of (children.get(ROOT) ?? []).sort(byStart)) visit(root);
  // What is left goes round in circles: each is cut where it begins.
  for (const span of [...spans.values()].sort(byStart)) visit(span);
  return rows;
}

const ROOT = '';

const byStart = (a: Span, b: Span) => a.startMs - b.startMs;

/**
 * Nothing begins before what caused it. Where a span of another service seems to, their clocks differ: it is moved into
 * the middle of its parent (the way there took as long as the way back), or to its start where it is longer. What is
 * below moves along.
 */
function shiftOf(span: Span, parent: SpanRow, inheritedMs: number): number {
  const startMs = span.startMs + inheritedMs;
  if (span.service === parent.span.service || startMs >= parent.startMs) return inheritedMs;
  const roomMs = Math.max(0, parent.span.durationMs - span.durationMs);
  return inheritedMs + parent.startMs - startMs + roomMs / 2;
}
