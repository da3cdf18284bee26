import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorFields } from '@tributary/service-kit';
import type { CollectorForwarder } from './collector-forwarder.ts';
import { findTraces } from './find-traces.ts';
import type { MetricsHistory } from './metrics-history.ts';
import { metricsView } from './metrics-view.ts';
import { pageFiles } from './page-files.ts';
import { readBody } from './read-body.ts';
import { OtlpError, readOtlp } from './read-otlp.ts';
import type { TraceStore } from './trace-store.ts';
import { traceView } from './trace-view.ts';

export interface ObserveServerParts {
  store: TraceStore;
  forwarder: CollectorForwarder;
  /** Undefined until the services have started. */
  metrics(): MetricsHistory | undefined;
}

export interface ObserveServerOptions {
  host: string;
  /** 0 takes a free port. */
  port: number;
  /** Of one export request. Default 8 MiB. */
  maxBodyBytes?: number;
}

export interface ObserveServer {
  port: number;
  stop(): Promise<void>;
}

/** Nothing comes from another site, and nothing runs that is not a file of ours. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

interface Answer {
  status: number;
  /** Text is a message; bytes are as their `content-type` says; another object is sent as JSON. Nothing: no body. */
  body?: string | Buffer | object;
  headers?: Record<string, string>;
}

/**
 * Takes spans in at `POST /v1/traces` (OTLP over HTTP, in JSON), and serves the page with what it asks for. For this
 * machine alone: it answers under its own names only, so that no site can reach it by a name that it points here.
 */
export async function startObserveServer(
  parts: ObserveServerParts,
  { host, port, maxBodyBytes = 8 * 1024 * 1024 }: ObserveServerOptions,
): Promise<ObserveServer> {
  const files = pageFiles();
  const portOf = () => (server.address() as AddressInfo).port;

  async function answerTo(request: IncomingMessage): Promise<Answer> {
    const url = URL.parse(request.url ?? '/', 'http://localhost');
    if (url === null) return NOT_FOUND;
    const refusal = refuseForeign(request, portOf()) ?? refuseMethod(request, url.pathname);
    if (refusal !== undefined) return refusal;
    if (url.pathname === '/v1/traces') return takeSpans(request, parts, maxBodyBytes);
    return files.get(url.pathname) ?? answerPage(url.pathname, url.searchParams, parts);
  }
  const server = createServer({ requestTimeout: 15_000, headersTimeout: 10_000 }, (request, response) => {
    answerTo(request).then(
      (answer) => send(response, answer),
      (error: unknown) => {
        console.error(errorFields(error));
        send(response, { status: 500, body: 'This went wrong; the terminal says more.' });
      },
    );
  });
  server.maxConnections = 200;
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: portOf(),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const NOT_FOUND: Answer = { status: 404, body: 'There is nothing here.' };

function refuseForeign({ headers }: IncomingMessage, port: number): Answer | undefined {
  const names = [`localhost:${port}`, `127.0.0.1:${port}`];
  if (!names.includes(headers.host ?? '')) return { status: 403, body: `This answers as http://${names[0]} alone.` };
  const isForeign = headers.origin !== undefined && !names.some((name) => headers.origin === `http://${name}`);
  return isForeign ? { status: 403, body: 'Pages of other sites may not ask here.' } : undefined;
}

function refuseMethod({ method = '' }: IncomingMessage, pathname: string): Answer | undefined {
  const allowed = pathname === '/v1/traces' ? ['POST'] : ['GET', 'HEAD'];
  if (allowed.includes(method)) return undefined;
  return { status: 405, body: `Use ${allowed[0]}.`, headers: { allow: allowed.join(', ') } };
}

async function takeSpans(request: IncomingMessage, parts: ObserveServerParts, maxBytes: number): Promise<Answer> {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers;
  if (type.split(';')[0]?.trim() !== 'application/json' || encoding !== 'identity') {
    const message = 'Send OTLP as JSON and not compressed (OTEL_EXPORTER_OTLP_PROTOCOL=http/json).';
    return { status: 415, body: { message }, headers: { connection: 'close' } };
  }
  const body = await readBody(request, maxBytes).catch(() => Buffer.alloc(0));
  if (body === undefined) {
    const message = `An export request may have ${maxBytes} bytes; send smaller batches.`;
    return { status: 413, body: { message }, headers: { connection: 'close' } };
  }
  try {
    const { spans, rejected } = readOtlp(body.toString());
    parts.store.add(spans);
    parts.forwarder.forward(body);
    const errorMessage = 'A span needs traceId, spanId, startTimeUnixNano and endTimeUnixNano.';
    return { status: 200, body: rejected === 0 ? {} : { partialSuccess: { rejectedSpans: rejected, errorMessage } } };
  } catch (error) {
    if (!(error instanceof OtlpError)) throw error;
    return { status: 400, body: { message: error.message } };
  }
}

async function answerPage(path: string, query: URLSearchParams, parts: ObserveServerParts): Promise<Answer> {
  const { store, forwarder } = parts;
  const { version } = store;
  const watched = parts.metrics()?.services.map(({ name }) => name) ?? [];
  // In an order that stays, as colours go by it.
  const services = [...new Set([...watched, ...store.services])];
  const common = { version, services, jaegerUrl: forwarder.jaegerUrl };
  if (path.startsWith('/api/traces') && query.get('unless') === String(version)) return { status: 204 };
  if (path === '/api/traces') {
    const filter = {
      text: query.get('text') ?? '',
      onlyErrors: query.has('errors'),
      slowerThanMs: Number(query.get('slower') ?? 0) || 0,
      withBackground: query.has('background'),
    };
    return { status: 200, body: { ...common, ...findTraces(store, filter) } };
  }
  const [, traceId] = /^\/api\/traces\/([\da-f]{32})$/.exec(path) ?? [];
  const view = traceId === undefined ? undefined : traceView(store, traceId);
  if (view !== undefined) return { status: 200, body: { ...common, ...view } };
  const metrics = path === '/api/metrics' ? parts.metrics() : undefined;
  if (metrics === undefined) return NOT_FOUND;
  await metrics.look();
  return { status: 200, body: metricsView(metrics) };
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  const isText = typeof body === 'string';
  const type = isText ? 'text/plain; charset=utf-8' : 'application/json';
  response.writeHead(status, { ...HEADERS, ...(body === undefined ? {} : { 'content-type': type }), ...headers });
  response.end(isText || Buffer.isBuffer(body) ? body : body && JSON.stringify(body));
}
