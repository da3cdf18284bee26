import type { Counter } from 'prom-client';

export interface CounterSeries {
  /** @param value default 1; not below 0 */
  inc(value?: number): void;
}

interface Counted extends CounterSeries {
  /** Hands on what was counted since it last did. */
  tell(): void;
}

/**
 * Series of counters that count in a number of their own and tell prom-client when it is asked: there each count looks for
 * its series by all of its labels, which takes longer than all else that is counted.
 */
export class CountedSeries {
  readonly #byMetric = new Map<string, Map<string, Counted>>();

  /** One series, there from zero; the same one for the same labels. */
  of(counter: Counter, labels: Readonly<Record<string, string>>): CounterSeries {
    const { name } = counter as Counter & { name: string };
    const ofMetric = this.#byMetric.get(name) ?? new Map<string, Counted>();
    this.#byMetric.set(name, ofMetric);
    const key = JSON.stringify(Object.entries(labels).sort());
    const known = ofMetric.get(key);
    if (known !== undefined) return known;
    const series = countedSeries(counter, labels);
    ofMetric.set(key, series);
    return series;
  }

  /** Before that metric is read. */
  tell(metric: string): void {
    for (const series of this.#byMetric.get(metric)?.values() ?? []) series.tell();
  }
}

function countedSeries(counter: Counter, labels: Readonly<Record<string, string>>): Counted {
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
