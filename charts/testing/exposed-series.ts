import { foreignMetrics } from './foreign-metrics.ts';

/** Series of a scrape in Prometheus' text format: the metric's name, and the names of its labels. */
export const exposedSeries = (text: string): { name: string; labels: Set<string> }[] =>
  [...text.matchAll(/^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+/gm)].map(([, name = '', labels = '']) => ({
    name,
    labels: new Set([...labels.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)].map(([, label = '']) => label)),
  }));

/** Of the metrics that are listed for an exporter, those that its scrape has not, or not with all of their labels. */
export function missingFrom(text: string, exporter: string): string[] {
  const series = exposedSeries(text);
  return Object.entries(foreignMetrics)
    .filter(([, metric]) => metric.exporter === exporter && !metric.isMadeByQueries)
    .filter(
      ([name, { labels }]) =>
        !series.some((one) => one.name === name && labels.every((label) => one.labels.has(label))),
    )
    .map(([name]) => name);
}
