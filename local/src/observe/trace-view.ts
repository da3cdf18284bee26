import { type SpanRow, spanRows } from './span-tree.ts';
import type { Trace, TraceStore } from './trace-store.ts';
import { type TraceSummary, traceSummary } from './trace-summary.ts';

/** One request and what followed from it, as the waterfall draws it. */
export interface TraceView {
  /** The earliest start of all spans, and how long until the last end. */
  startMs: number;
  durationMs: number;
  /** The trace itself, then those that link to it or to another of them, by time. */
  sections: { summary: TraceSummary; droppedSpans: number; rows: SpanRow[] }[];
  /** Traces that it follows from, as far as they are still here. */
  causes: TraceSummary[];
}

/** An event may set further events going, and these others; beyond, nobody could read it. */
const MAX_FOLLOWING = 60;

/** Undefined for a trace that is not here, or no more. */
export function traceView(store: TraceStore, id: string): TraceView | undefined {
  const trace = store.get(id);
  if (trace === undefined) return undefined;
  const sections = [trace, ...followingOf(trace, store)].map((each) => ({
    summary: traceSummary(each),
    droppedSpans: each.droppedSpans,
    rows: spanRows(each.spans),
  }));
  const rows = sections.flatMap((section) => section.rows);
  const startMs = rows.reduce((first, row) => Math.min(first, row.startMs), Number.POSITIVE_INFINITY);
  const endMs = rows.reduce((last, row) => Math.max(last, row.startMs + row.span.durationMs), 0);
  const causes = [...trace.causes].flatMap((cause) => store.get(cause) ?? []).map(traceSummary);
  return { startMs, durationMs: endMs - startMs, sections, causes };
}

function followingOf(trace: Trace, store: TraceStore): Trace[] {
  const others = store.newestFirst().reverse();
  const known = new Set([trace.id]);
  const following: Trace[] = [];
  // A round finds what follows from the round before.
  for (let before = 0; known.size > before && following.length < MAX_FOLLOWING; ) {
    before = known.size;
    for (const other of others) {
      if (known.has(other.id) || following.length === MAX_FOLLOWING) continue;
      if (!other.causes.values().some((cause) => known.has(cause))) continue;
      known.add(other.id);
      following.push(other);
    }
  }
  return following.sort((a, b) => startOf(a) - startOf(b));
}

const startOf = ({ spans }: Trace) => spans.values().reduce((first, span) => Math.min(first, span.startMs), Infinity);
