import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A span as a service sent it. */
export interface CollectedSpan {
  readonly service: string;
  readonly name: string;
  readonly kind: 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER';
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined: a trace begins with it. */
  readonly parentSpanId: string | undefined;
  readonly hasFailed: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  /** Names. */
  readonly events: readonly string[];
  readonly startMs: number;
  readonly endMs: number;
}

/** As much of an OpenTelemetry Collector as takes spans in: OTLP over HTTP, in JSON. */
export interface TraceCollector extends AsyncDisposable {
  /** For `tracing.endpoint`. */
  readonly endpoint: string;
  /** All that came so far. */
  readonly spans: CollectedSpan[];
  close(): Promise<void>;
}

const KINDS = ['INTERNAL', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const;
const ERROR = 2;
const NANOS_PER_MS = 1e6;

interface OtlpValue {
  stringValue?: string;
  intValue?: number;
  doubleValue?: number;
  boolValue?: boolean;
  arrayValue?: { values: OtlpValue[] };
}

interface OtlpSpan {
  name: string;
  kind: number;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  status: { code?: number };
  attributes: { key: string; value: OtlpValue }[];
  links?: { traceId: string; spanId: string }[];
  events?: { name: string }[];
  startTimeUnixNano: string;
  endTimeUnixNano: string;
}

interface OtlpRequest {
  resourceSpans: { resource: Pick<OtlpSpan, 'attributes'>; scopeSpans: { spans: OtlpSpan[] }[] }[];
}

export async function startTraceCollector(): Promise<TraceCollector> {
  const spans: CollectedSpan[] = [];
  const server = createServer(async (request, response) => {
    const isTraces = request.url === '/v1/traces';
    if (isTraces) spans.push(...spansOf((await json(request)) as OtlpRequest));
    response.writeHead(isTraces ? 200 : 404, { 'content-type': 'application/json' }).end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, spans, close, [Symbol.asyncDispose]: close };
}

const spansOf = ({ resourceSpans }: OtlpRequest): CollectedSpan[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(valuesOf(resource)['service.name']);
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => spanOf(service, span)));
  });

const spanOf = (service: string, span: OtlpSpan): CollectedSpan => ({
  service,
  name: span.name,
  kind: KINDS[span.kind] ?? 'INTERNAL',
  traceId: span.traceId,
  spanId: span.spanId,
  parentSpanId: span.parentSpanId || undefined,
  hasFailed: span.status.code === ERROR,
  attributes: valuesOf(span),
  links: (span.links ?? []).map(({ traceId, spanId }) => ({ traceId, spanId })),
  events: (span.events ?? []).map(({ name }) => name),
  startMs: Number(span.startTimeUnixNano) / NANOS_PER_MS,
  endMs: Number(span.endTimeUnixNano) / NANOS_PER_MS,
});

const valuesOf = ({ attributes }: Pick<OtlpSpan, 'attributes'>): Record<string, unknown> =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.arrayValue?.values.map(plainOf) ?? plainOf(value)]),
  );

const plainOf = (value: OtlpValue) => value.stringValue ?? value.intValue ?? value.boolValue ?? value.doubleValue;
