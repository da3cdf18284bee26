import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type Context, context, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Component } from '../lifecycle/lifecycle.ts';
import type { Logger } from '../log/logger.ts';
import { type AccessFields, withOperation } from '../log/operation-context.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { withBaggage } from '../tracing/baggage.ts';
import { startEntrySpan } from '../tracing/context.ts';
import { remoteParentOf } from '../tracing/remote-parent.ts';
import { recordCode } from '../tracing/span-failure.ts';
import { CLIENT_CLOSED_REQUEST, tellRefusal, writeAccessLine } from './access-line.ts';
import { gracefulClose } from './graceful-close.ts';
import { listen } from './listen.ts';
import { newId } from './new-id.ts';
import { refuseUnread, type UnreadRequest } from './refuse-unread.ts';
import { requestIdFrom } from './request-id.ts';
import { type CountRequest, requestMetrics } from './request-metrics.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import { sendError } from './send-error.ts';
import { cutSlowReaders } from './slow-readers.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The request's OpenTelemetry context; active in handlers. */
    traceContext: Context;
    /** Fields for the access line that a handler learns on the way, for example the operation's name. */
    accessFields: AccessFields;
    /** The pattern of its path: of lines, spans and metrics. Who has patterns of their own sets it. Default: the route's. */
    route: string;
    /** Of an answer in parts: when it began, by `performance.now()`. Durations are counted to here. Default: its end. */
    streamBeganMs: number | undefined;
    /**
     * To be called when an answer has begun that stays open for as long as its client likes: line, metric and span are of
     * what it took until now. Default: at its end.
     */
    tellAnswered(): void;
    /** With what it was refused before its body was there: it then has no answer of its handler. */
    unreadStatus: number | undefined;
  }
}

export interface HttpServerOptions {
  host: string;
  /** 0 takes a free port. */
  port: number;
  bodyLimitBytes: number;
  /** See `server.keepAliveGrace` of the configuration. */
  keepAliveGraceMs: number;
  log: Logger;
  metrics: Metrics;
  tracer: Tracer;
  /** See `tracing.baggage` of the configuration. Default none. */
  baggage?: readonly string[];
  /** Headers of every answer, beside those of `security-headers.ts`. Default none. */
  headers?: Readonly<Record<string, string>>;
  /** Answers a path that cannot be decoded: no scope of the app does. Default: with a GraphQL error. */
  sendBadPath?: typeof sendError;
  /** Of an answer that is whole, until its client has read it. Default 30 000. */
  readTimeoutMs?: number;
}

export interface HttpServer extends Component {
  readonly app: FastifyInstance;
  /** After start. */
  readonly port: number;
}

/**
 * Fastify with what each of our public ports has: request id, trace context, one access line and one metric a request,
 * errors with codes, and a drain that answers every request whose headers were received.
 */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const observation = {
    ...options,
    count: requestMetrics(options.metrics),
    headers: { ...SECURITY_HEADERS, ...options.headers },
    underWay: new WeakMap<Socket, UnreadRequest>(),
  };
  // Node would take from the server whatever asks for another protocol, once there is somebody who listens for that; also
  // clients that would like HTTP/2 (`h2c`) and go on without it.
  const shouldUpgradeCallback = ({ headers }: IncomingMessage) =>
    headers.upgrade?.toLowerCase() === 'websocket' && app.server.listenerCount('upgrade') > 0;
  const app: FastifyInstance = Fastify({
    logger: false,
    bodyLimit: options.bodyLimitBytes,
    genReqId: (request) => requestIdFrom(request.headers['x-request-id']) ?? newId(),
    return503OnClosing: false,
    forceCloseConnections: false,
    connectionTimeout: 0,
    requestTimeout: 15_000,
    // Node looks at its time-outs only every 30 s unless it is told otherwise.
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 500, shouldUpgradeCallback },
    routerOptions: { maxParamLength: 200 },
    clientErrorHandler: refuseUnread({
      ...{ headers: observation.headers, log: options.log },
      requestOf: (socket) => observation.underWay.get(socket),
    }),
    // A path that cannot be decoded is refused before any hook has run.
    frameworkErrors: (error, request, reply) => {
      beginRequest(request as FastifyRequest, reply as FastifyReply, observation);
      (options.sendBadPath ?? sendError)(error, request as FastifyRequest, reply as FastifyReply, options.log);
    },
  });
  app.decorateRequest('traceContext');
  app.decorateRequest('accessFields');
  app.decorateRequest('route');
  app.decorateRequest('streamBeganMs');
  app.decorateRequest('tellAnswered');
  app.decorateRequest('unreadStatus');
  observeRequests(app, observation);
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply, options.log));
  app.setNotFoundHandler((request, reply) => sendError('NOT_FOUND', request, reply, options.log));

  const close = gracefulClose(app, options.keepAliveGraceMs);
  cutSlowReaders(app.server, options.readTimeoutMs ?? 30_000);
  return {
    name: 'http',
    app,
    get port() {
      const address = app.server.address();
      return typeof address === 'object' && address !== null ? address.port : options.port;
    },
    start: () => listen(app, options),
    stop: close,
  };
}

type Observation = Pick<HttpServerOptions, 'log' | 'tracer' | 'baggage'> & {
  count: CountRequest;
  headers: Readonly<Record<string, string>>;
  underWay: WeakMap<Socket, UnreadRequest>;
};

function observeRequests(app: FastifyInstance, observation: Observation): void {
  app.addHook('onRequest', (request, reply, done) => {
    beginRequest(request, reply, observation);
    context.with(request.traceContext, done);
  });
  // Reading the body left the asynchronous context in which the request began.
  app.addHook('preValidation', (request, _reply, done) => context.with(request.traceContext, done));
}

function beginRequest(request: FastifyRequest, reply: FastifyReply, observation: Observation): void {
  const startedMs = performance.now();
  const { headers, method } = request;
  // Never the path itself: it is a metric label.
  const route = request.routeOptions.url ?? 'unknown';
  request.route = route;
  const attributes = {
    'http.request.method': method,
    'http.route': route,
    // Whoever has an error's request id finds the trace.
    'http.response.header.x-request-id': [request.id],
  };
  const span = { kind: SpanKind.SERVER, attributes };
  const entry = startEntrySpan(observation.tracer, `${method} ${route}`, remoteParentOf(headers), span);
  request.accessFields = {};
  request.traceContext = withOperation(withBaggage(entry, headers, observation.baggage ?? []), {
    requestId: request.id,
    fields: request.accessFields,
  });
  reply.headers(observation.headers);
  reply.header('x-request-id', request.id);
  const { underWay } = observation;
  const { socket } = request.raw;
  const unread: UnreadRequest = {
    id: request.id,
    isWhole: () => request.raw.complete,
    refused(refusal) {
      request.unreadStatus = refusal.status;
      tellRefusal(request.accessFields, refusal);
    },
  };
  underWay.set(socket, unread);
  let isTold = false;
  // Assigned as it is, it would be an old object (docs/performance.md, "What outlives a request").
  const tell = () => {
    if (isTold) return;
    isTold = true;
    // The next one may have come on the same connection before this one is answered.
    if (underWay.get(socket) === unread) underWay.delete(socket);
    tellAnswered(request, reply, { startedMs, route }, observation);
  };
  request.tellAnswered = tell;
  // Fastify's onResponse is not called when the caller hangs up.
  reply.raw.once('close', tell);
}

/** With what a request began. */
interface Begun {
  readonly startedMs: number;
  readonly route: string;
}

function tellAnswered(
  request: FastifyRequest,
  { raw, statusCode }: FastifyReply,
  begun: Begun,
  { log, count }: Observation,
): void {
  const nowMs = performance.now();
  const { id, traceContext, method, route, accessFields: fields, streamBeganMs } = request;
  const durationMs = (streamBeganMs ?? nowMs) - begun.startedMs;
  const status = raw.headersSent ? statusCode : (request.unreadStatus ?? CLIENT_CLOSED_REQUEST);
  count(method, route, status, durationMs / 1000, trace.getSpanContext(traceContext));
  endSpan(request, status, begun);
  const openMs = streamBeganMs !== undefined && raw.destroyed ? nowMs - streamBeganMs : undefined;
  const message = 'request';
  writeAccessLine(log, { message, requestId: id, traceContext, method, route, status, fields, durationMs, openMs });
}

function endSpan(
  { traceContext, method, route, accessFields: { code, outcome } }: FastifyRequest,
  status: number,
  begun: Begun,
) {
  const span = trace.getSpan(traceContext);
  if (!span?.isRecording()) return;
  span.setAttribute('http.response.status_code', status);
  if (route !== begun.route) span.setAttribute('http.route', route).updateName(`${method} ${route}`);
  // Of a code that is not the catalogue's the code alone does not say whose fault it is.
  if (code !== undefined && outcome === 'refused') span.setAttribute('error.type', String(code));
  else if (code !== undefined) recordCode(span, String(code));
  else if (status >= 500) span.setAttribute('error.type', String(status));
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
