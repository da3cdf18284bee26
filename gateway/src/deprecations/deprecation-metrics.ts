import type { CounterSeries, Metrics } from '@tributary/service-kit';
import type { KnownNames } from '../documents/known-names.ts';
import type { Deprecation } from './deprecation.ts';
import type { AskedOperation, DeprecatingSupergraph, UsedDeprecations } from './used-deprecations.ts';

/** Coordinates that get series of their own: those that go first. What else is deprecated is `other` together. */
const MAX_NAMED = 100;
const OTHER = 'other';
const DAY_MS = 86_400_000;

export interface DeprecationMetricsParts {
  readonly used: UsedDeprecations;
  readonly metrics: Metrics;
  readonly knownNames: KnownNames;
  current(): DeprecatingSupergraph;
}

/** An operation that was answered, and for whom. */
export interface AnsweredOperation extends Pick<AskedOperation, 'view'> {
  /** Of the API's version that was asked for; undefined: none. */
  readonly line: { readonly major: number } | undefined;
  readonly client: { readonly name: string };
  readonly document: Pick<AskedOperation, 'document'>;
  /** Undefined: none was found. */
  readonly operation: AskedOperation['operation'] | undefined;
  readonly params: Pick<AskedOperation, 'variables'>;
}

/**
 * Counts who still uses what is deprecated, by version line, coordinate and client, and tells of each coordinate how many
 * days are left of it.
 */
export function deprecationCounter(parts: DeprecationMetricsParts): (answered: AnsweredOperation) => void {
  const { used, metrics, knownNames, current } = parts;
  const series = new Map<string, CounterSeries>();
  /** However often the supergraph changes: a coordinate stays in its series. */
  const named = new Set<string>();
  let shown: ReadonlyMap<string, Deprecation> | undefined;

  const seriesOf = (line: string, coordinate: string, client: string): CounterSeries => {
    const key = `${line} ${coordinate} ${client}`;
    const known = series.get(key) ?? metrics.counter('graph_deprecated_usage_total', { line, coordinate, client });
    series.set(key, known);
    return known;
  };
  const nameThoseOf = (deprecations: ReadonlyMap<string, Deprecation>) => {
    if (deprecations === shown) return;
    shown = deprecations;
    for (const { coordinate } of bySunset(deprecations)) if (named.size < MAX_NAMED) named.add(coordinate);
  };

  metrics.beforeScrape(() => {
    const { deprecations } = current().candidate;
    nameThoseOf(deprecations);
    showDays(metrics, deprecations, named);
  });
  return ({ view, document: known, operation, params, line: asked, client: { name } }) => {
    if (operation === undefined) return;
    const { deprecations } = view.candidate;
    if (deprecations.size === 0) return;
    const line = asked === undefined ? '' : String(asked.major);
    const client = knownNames.clients.has(name) ? name : OTHER;
    const { document } = known;
    const counted = new Set<string>();
    for (const { coordinate } of used.of({ view, document, operation, variables: params.variables })) {
      nameThoseOf(deprecations);
      counted.add(named.has(coordinate) ? coordinate : OTHER);
    }
    for (const coordinate of counted) seriesOf(line, coordinate, client).inc();
  };
}

function bySunset(deprecations: ReadonlyMap<string, Deprecation>): Deprecation[] {
  const key = ({ sunset = '9999', coordinate }: Deprecation) => `${sunset} ${coordinate}`;
  return [...deprecations.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** What is no longer there is no longer shown. */
function showDays(metrics: Metrics, deprecations: ReadonlyMap<string, Deprecation>, named: ReadonlySet<string>): void {
  const days = metrics.get('graph_sunset_days');
  days.reset();
  const today = Math.floor(Date.now() / DAY_MS);
  for (const { coordinate, sunset } of deprecations.values()) {
    const onMs = sunset === undefined ? Number.NaN : Date.parse(sunset);
    if (named.has(coordinate) && !Number.isNaN(onMs)) days.set({ coordinate }, onMs / DAY_MS - today);
  }
}
