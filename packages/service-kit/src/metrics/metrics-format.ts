import { Registry } from 'prom-client';

/** Prometheus' own text, and what can carry exemplars. */
export type MetricsFormat = 'text' | 'openmetrics';

export const CONTENT_TYPES: Readonly<Record<MetricsFormat, string>> = {
  text: Registry.PROMETHEUS_CONTENT_TYPE,
  openmetrics: Registry.OPENMETRICS_CONTENT_TYPE,
};

/** OpenMetrics where a scraper prefers it to text (RFC 9110, "Accept"), in the version that we write; else text. */
export function metricsFormat(accept: string | undefined): MetricsFormat {
  const wanted = (accept ?? '').toLowerCase().split(',').map(mediaRange);
  const weightOf = (type: string) =>
    Math.max(0, ...wanted.filter((range) => range.type === type && range.isOurVersion).map(({ weight }) => weight));
  const openMetrics = weightOf('application/openmetrics-text');
  return openMetrics > 0 && openMetrics >= weightOf('text/plain') ? 'openmetrics' : 'text';
}

const OUR_VERSIONS = new Set([undefined, '0.0.4', '1.0.0']);

function mediaRange(range: string): { type: string; isOurVersion: boolean; weight: number } {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
  const { q = '1', version } = Object.fromEntries(parameters.map((parameter) => parameter.split('=', 2)));
  const weight = Number(q);
  return { type, isOurVersion: OUR_VERSIONS.has(version), weight: Number.isNaN(weight) ? 0 : weight };
}
