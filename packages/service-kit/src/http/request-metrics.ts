import type { SpanContext } from '@opentelemetry/api';
import type { CounterSeries, Observe } from '../metrics/counted-series.ts';
import type { Metrics } from '../metrics/metrics.ts';

interface Series {
  total: CounterSeries;
  observe: Observe;
}

/** Those that our routes have; callers may send any of some forty. */
const METHODS = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);

/**
 * Counts one request that is over.
 *
 * @param route a pattern, never a path: labels are bounded
 * @param span the request's
 */
export type CountRequest = (
  method: string,
  route: string,
  status: number,
  seconds: number,
  span: SpanContext | undefined,
) => void;

export function requestMetrics(metrics: Metrics): CountRequest {
  const known = new Map<string, Series>();

  function seriesOf(method: string, route: string, status: number): Series {
    const labels = { method: METHODS.has(method) ? method : 'other', route, status: String(status) };
    return {
      total: metrics.counter('http_requests_total', labels),
      observe: metrics.observer('http_request_duration_seconds', labels),
    };
  }

  return (method, route, status, seconds, span) => {
    const key = `${method} ${status} ${route}`;
    const series = known.get(key) ?? seriesOf(method, route, status);
    known.set(key, series);
    series.total.inc();
    series.observe(seconds, span);
  };
}
