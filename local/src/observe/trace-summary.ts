import type { Span } from './span.ts';
import type { Trace } from './trace-store.ts';

/** A trace in one line. */
export interface TraceSummary {
  traceId: string;
  /** `request` came from outside; `event` is a consumer's; `job` began by itself. */
  begins: 'request' | 'event' | 'job';
  /** Of the operation, else of the first span. */
  name: string;
  /** `query`, `mutation` or `subscription`, where it is an operation. */
  operationType: string | undefined;
  client: string | undefined;
  startMs: number;
  /** Of its first span: how long the caller waited. */
  durationMs: number;
  status: number | undefined;
  /** The code with which it was refused or failed. */
  errorType: string | undefined;
  /** Spans that failed. */
  errors: number;
  spans: number;
  services: readonly string[];
}

export function traceSummary({ id, spans }: Trace): TraceSummary {
  const all = [...spans.values()];
  const entry = entryOf(all, spans);
  const { attributes } = entry;
  const type = textOf(attributes['graphql.operation.type']);
  const operation = textOf(attributes['graphql.operation.name']);
  return {
    traceId: id,
    begins: entry.kind === 'server' ? 'request' : entry.kind === 'consumer' ? 'event' : 'job',
    name: operation ?? (type === undefined ? entry.name : `anonymous ${type}`),
    operationType: type,
    client: clientOf(entry),
    startMs: entry.startMs,
    durationMs: entry.durationMs,
    status: Number(attributes['http.response.status_code']) || undefined,
    errorType: textOf(attributes['error.type']),
    errors: all.filter(({ isError }) => isError).length,
    spans: all.length,
    services: [...new Set(all.toSorted((a, b) => a.startMs - b.startMs).map(({ service }) => service))],
  };
}

/** Whether somebody who looks for errors wants to see it. */
export const hasFailed = ({ errors, errorType, status = 0 }: TraceSummary): boolean =>
  errors > 0 || errorType !== undefined || status >= 400;

/** The first span: of those whose parent is not here, the one that began first. */
function entryOf(all: readonly Span[], spans: ReadonlyMap<string, Span>): Span {
  const roots = all.filter(({ parentSpanId }) => parentSpanId === undefined || !spans.has(parentSpanId));
  return (roots.length === 0 ? all : roots).reduce((first, span) => (span.startMs < first.startMs ? span : first));
}

/** Name and version of the client, as far as attributes tell them. */
function clientOf({ attributes }: Span): string | undefined {
  const name = textOf(attributes['graphql.client.name']);
  const version = textOf(attributes['graphql.client.version']);
  return name === undefined || version === undefined ? name : `${name} ${version}`;
}

const textOf = (value: string | number | boolean | undefined) => (value === undefined ? undefined : String(value));
