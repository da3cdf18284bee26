/** One query of a panel. Legends name labels of the result: `{{subgraph}}`. */
export interface Query {
  readonly expr: string;
  readonly legend?: string;
  /** Sampled requests appear as points that lead to their trace; histograms of the services have them. */
  readonly exemplar?: true;
}

/** A selector of a metric in the namespaces that the reader chose. Matchers: `service="gateway",status=~"5.."`. */
export const select = (metric: string, matchers = ''): string =>
  `${metric}{namespace=~"$namespace"${matchers && `,${matchers}`}}`;

/** Per second, over all pods; `by` names the labels that are kept: `subgraph, outcome`. */
export const rate = (metric: string, matchers = '', by = ''): string =>
  `sum${by && ` by (${by})`} (rate(${select(metric, matchers)}[$__rate_interval]))`;

/** How many within the time that the reader looks at, over all pods. */
export const total = (metric: string, matchers = '', by = ''): string =>
  `sum${by && ` by (${by})`} (increase(${select(metric, matchers)}[$__range]))`;

/** A share, 0 to 1: also 0 where none of the part was ever counted. Nothing while there is nothing to divide. */
export const share = (part: string, whole: string): string => `(${part} or 0 * ${whole}) / (${whole} > 0)`;

/** A quantile of a histogram's values, 0 to 1. */
export const quantile = (q: number, histogram: string, matchers = '', by = ''): string =>
  `histogram_quantile(${q}, ${rate(`${histogram}_bucket`, matchers, by === '' ? 'le' : `le, ${by}`)})`;

/** Half, 95 % and 99 % of what a histogram saw was faster; with exemplars. */
export const latencies = (histogram: string, matchers = ''): Query[] =>
  [0.5, 0.95, 0.99].map((q) => ({
    expr: quantile(q, histogram, matchers),
    legend: `${q * 100} %`,
    exemplar: true,
  }));
