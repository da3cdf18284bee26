import { type SpanContext, TraceFlags } from '@opentelemetry/api';
import type { Counter, Histogram } from 'prom-client';

type Labels = Readonly<Record<string, string>>;

export interface CounterSeries {
  /** @param value default 1; not below 0 */
  inc(value?: number): void;
}

/** Counts a value; `span`, where it is sampled, becomes the exemplar of the value's bucket. */
export type Observe = (value: number, span?: SpanContext) => void;

interface Counted {
  /** Hands on what was counted since it last did. */
  tell(): void;
}

interface Exemplar {
  readonly labelSet: { readonly trace_id: string; readonly span_id: string };
  readonly value: number;
  /** In seconds. */
  readonly timestamp: number;
}

/** What prom-client keeps of a histogram's series, by the upper bounds of its buckets. */
interface Kept {
  readonly labels: Labels;
  /** How many values were in each alone. */
  readonly bucketValues: Record<number, number>;
  readonly bucketExemplars: Record<number, Exemplar>;
  sum: number;
  count: number;
}

/** As which prom-client keeps the exemplar of what is over the last bound. */
const OVER = -1;

/**
 * Series that count in numbers of their own and tell prom-client when it is asked: there each count looks for its series by
 * all of its labels, which takes longer than all else that is counted.
 */
export class CountedSeries {
  readonly #byMetric = new Map<string, Map<string, Counted>>();

  /** One series of a counter, there from zero; the same one for the same labels. */
  counter(counter: Counter, labels: Labels): CounterSeries {
    return this.#of(counter, labels, () => countedCounter(counter, labels));
  }

  /** One series of a histogram with exemplars, there with its first value; the same one for the same labels. */
  histogram(histogram: Histogram, labels: Labels, bounds: readonly number[]): Observe {
    return this.#of(histogram, labels, () => countedHistogram(histogram, labels, bounds)).observe;
  }

  /** Before that metric is read. */
  tell(metric: string): void {
    for (const series of this.#byMetric.get(metric)?.values() ?? []) series.tell();
  }

  #of<T extends Counted>(metric: Counter | Histogram, labels: Labels, create: () => T): T {
    const { name } = metric as typeof metric & { name: string };
    const ofMetric = this.#byMetric.get(name) ?? new Map<string, Counted>();
    this.#byMetric.set(name, ofMetric);
    const key = JSON.stringify(Object.entries(labels).sort());
    const known = ofMetric.get(key) as T | undefined;
    if (known !== undefined) return known;
    const series = create();
    ofMetric.set(key, series);
    return series;
  }
}

function countedCounter(counter: Counter, labels: Labels): CounterSeries & Counted {
  counter.inc(labels, 0);
  const series = counter.labels(labels);
  let pending = 0;
  return {
    inc(value = 1) {
      if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) throw new RangeError(`a counter cannot count ${value}`);
      pending += value;
    },
    tell() {
      if (pending === 0) return;
      series.inc(pending);
      pending = 0;
    },
  };
}

/** prom-client has no way to be told of several values at once: they are added to what it keeps itself. */
function countedHistogram(histogram: Histogram, labels: Labels, bounds: readonly number[]) {
  // It says whether there are such labels.
  histogram.labels(labels);
  const pending = bounds.map(() => 0);
  const exemplars = new Map<number, Exemplar>();
  let kept: Kept | undefined;
  let sum = 0;
  let count = 0;
  return {
    observe(value: number, span?: SpanContext): void {
      if (!Number.isFinite(value)) throw new RangeError(`a histogram cannot count ${value}`);
      const index = bounds.findIndex((bound) => value <= bound);
      if (index >= 0) pending[index] = (pending[index] as number) + 1;
      sum += value;
      count++;
      if (span === undefined || (span.traceFlags & TraceFlags.SAMPLED) === 0) return;
      const labelSet = { trace_id: span.traceId, span_id: span.spanId };
      exemplars.set(bounds[index] ?? OVER, { labelSet, value, timestamp: Date.now() / 1000 });
    },
    tell() {
      if (count === 0) return;
      kept ??= keptOf(histogram, labels);
      for (const [bound, exemplar] of exemplars) kept.bucketExemplars[bound] = exemplar;
      for (const [index, bound] of bounds.entries()) {
        kept.bucketValues[bound] = (kept.bucketValues[bound] as number) + (pending[index] as number);
      }
      kept.sum += sum;
      kept.count += count;
      pending.fill(0);
      exemplars.clear();
      sum = 0;
      count = 0;
    },
  };
}

/** Begins the series. */
function keptOf(histogram: Histogram, labels: Labels): Kept {
  histogram.zero(labels);
  const { hashMap } = histogram as Histogram & { hashMap: Record<string, Kept> };
  return Object.values(hashMap).find((kept) => kept.labels === labels) as Kept;
}
