import type { Span } from './span.ts';

export interface Trace {
  id: string;
  /** By span id; a span that comes twice takes the place of its first. */
  spans: ReadonlyMap<string, Span>;
  /** Spans beyond what one trace may have. */
  droppedSpans: number;
  /** Ids of other traces that its spans link to: what it follows from. */
  causes: ReadonlySet<string>;
}

export interface TraceBounds {
  /** Default 1000: a purchase is one request, and some dozen traces of consumers that it sets going. */
  traces?: number;
  /** Of one trace. Default 2000. */
  spansOfTrace?: number;
  /** Of all. Default 20,000, which takes about 25 MiB. */
  spans?: number;
}

interface KeptTrace extends Trace {
  spans: Map<string, Span>;
  causes: Set<string>;
}

const MAX_CAUSES = 64;
const MAX_SERVICES = 100;

/** The last traces, in memory. The one that began to arrive first is the first to go. */
export class TraceStore {
  readonly #bounds: Required<TraceBounds>;
  readonly #traces = new Map<string, KeptTrace>();
  readonly #services = new Set<string>();
  #spans = 0;
  #version = 0;

  constructor({ traces = 1000, spansOfTrace = 2000, spans = 20_000 }: TraceBounds = {}) {
    this.#bounds = { traces, spansOfTrace, spans };
  }

  /** Another number after each change. */
  get version(): number {
    return this.#version;
  }

  /** Whose spans came so far, in the order in which they came first. */
  get services(): string[] {
    return [...this.#services];
  }

  add(spans: readonly Span[]): void {
    for (const span of spans) this.#addSpan(span);
    for (const { id, spans: dropped } of this.#traces.values()) {
      if (this.#traces.size <= this.#bounds.traces && this.#spans <= this.#bounds.spans) break;
      this.#traces.delete(id);
      this.#spans -= dropped.size;
    }
    if (spans.length > 0) this.#version++;
  }

  get(id: string): Trace | undefined {
    return this.#traces.get(id);
  }

  /** Those that began to arrive last first. */
  newestFirst(): Trace[] {
    return [...this.#traces.values()].reverse();
  }

  #addSpan(span: Span): void {
    const trace = this.#traces.get(span.traceId) ?? this.#newTrace(span.traceId);
    if (!trace.spans.has(span.spanId)) {
      if (trace.spans.size >= this.#bounds.spansOfTrace) {
        trace.droppedSpans++;
        return;
      }
      this.#spans++;
    }
    trace.spans.set(span.spanId, span);
    if (this.#services.size < MAX_SERVICES) this.#services.add(span.service);
    for (const { traceId } of span.links) {
      if (traceId !== trace.id && trace.causes.size < MAX_CAUSES) trace.causes.add(traceId);
    }
  }

  #newTrace(id: string): KeptTrace {
    const trace = { id, spans: new Map(), droppedSpans: 0, causes: new Set<string>() };
    this.#traces.set(id, trace);
    return trace;
  }
}
