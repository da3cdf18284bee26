import type { Scrape } from './metrics-history.ts';
import type { Series } from './prometheus-text.ts';

/** Which values of labels count. Labels that are not named may have any. */
export type Labels = Readonly<Record<string, string | ((value: string) => boolean)>>;

/** Seconds before the last look, and the value then. */
export type Point = readonly [secondsAgo: number, value: number];

const WINDOW_MS = 60_000;

/** What the last looks say: sums over series, their growth within the last minute, quantiles of what was added in it. */
export class Readings {
  readonly #scrapes: readonly Scrape[];
  readonly #byName: ReadonlyMap<string, readonly Series[]>;
  readonly #last: Scrape;
  /** Where the last minute begins: a minute before the last look, or at the look before it where that is longer ago. */
  readonly #first: Scrape;

  /** There is at least one scrape. */
  constructor(scrapes: readonly Scrape[]) {
    this.#scrapes = scrapes;
    this.#last = scrapes.at(-1) as Scrape;
    const startMs = this.#last.atMs - WINDOW_MS;
    this.#first = scrapes.find(({ atMs }, index) => atMs >= startMs || index === scrapes.length - 2) ?? this.#last;
    this.#byName = Map.groupBy(this.#last.samples.keys(), ({ name }) => name);
  }

  /** The time that rates are measured over. */
  get windowSeconds(): number {
    return (this.#last.atMs - this.#first.atMs) / 1000;
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** The values that a label has, sorted. */
  valuesOf(name: string, label: string, where: Labels = {}): string[] {
    return [...new Set(this.#series(name, where).map(({ labels }) => labels[label] ?? ''))].sort();
  }

  /** The sum of all series, as it is now. */
  now(name: string, where: Labels = {}): number {
    return sumOf(this.#last, this.#series(name, where));
  }

  /** By how much a counter grew within the last minute. */
  grown(name: string, where: Labels = {}): number {
    const series = this.#series(name, where);
    return Math.max(0, sumOf(this.#last, series) - sumOf(this.#first, series));
  }

  perSecond(name: string, where: Labels = {}): number {
    return this.windowSeconds === 0 ? 0 : this.grown(name, where) / this.windowSeconds;
  }

  /** How a gauge was at each look. */
  course(name: string, where: Labels = {}): Point[] {
    const series = this.#series(name, where);
    return this.#scrapes
      .filter(({ samples }) => series.some((each) => samples.has(each)))
      .map((scrape) => [this.#secondsAgo(scrape), sumOf(scrape, series)]);
  }

  /** How fast a counter grew between each two looks. */
  courseOfRate(name: string, where: Labels = {}): Point[] {
    const series = this.#series(name, where);
    return this.#scrapes.slice(1).map((scrape, index) => {
      const before = this.#scrapes[index] as Scrape;
      const seconds = (scrape.atMs - before.atMs) / 1000;
      return [
        this.#secondsAgo(scrape),
        seconds === 0 ? 0 : Math.max(0, sumOf(scrape, series) - sumOf(before, series)) / seconds,
      ];
    });
  }

  /**
   * Of what a histogram counted in the last minute, by linear interpolation within a bucket as Prometheus'
   * `histogram_quantile`; undefined where it counted nothing.
   */
  quantile(share: number, name: string, where: Labels = {}): number | undefined {
    const bounds = this.valuesOf(`${name}_bucket`, 'le', where)
      .map((le) => ({ le, upper: le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le) }))
      .sort((a, b) => a.upper - b.upper)
      .map(({ le, upper }) => ({ upper, count: this.grown(`${name}_bucket`, { ...where, le }) }));
    const total = bounds.at(-1)?.count ?? 0;
    if (total === 0) return undefined;
    const rank = share * total;
    const index = bounds.findIndex(({ count }) => count >= rank);
    const { upper, count } = bounds[index] ?? { upper: 0, count: 0 };
    const below = bounds[index - 1] ?? { upper: 0, count: 0 };
    if (upper === Number.POSITIVE_INFINITY || count === below.count) return below.upper;
    return below.upper + ((upper - below.upper) * (rank - below.count)) / (count - below.count);
  }

  #secondsAgo = ({ atMs }: Scrape) => (this.#last.atMs - atMs) / 1000;

  #series(name: string, where: Labels): readonly Series[] {
    const conditions = Object.entries(where);
    return (this.#byName.get(name) ?? []).filter(({ labels }) =>
      conditions.every(([label, wanted]) => {
        const value = labels[label] ?? '';
        return typeof wanted === 'string' ? value === wanted : wanted(value);
      }),
    );
  }
}

const sumOf = ({ samples }: Scrape, series: readonly Series[]) =>
  series.reduce((sum, each) => sum + (samples.get(each) ?? 0), 0);
