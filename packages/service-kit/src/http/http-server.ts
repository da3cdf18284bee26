import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type Context, context, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Component } from '../lifecycle/lifecycle.ts';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { withBaggage } from '../tracing/baggage.ts';
import { startEntrySpan } from '../tracing/context.ts';
import { remoteParentOf } from '../tracing/remote-parent.ts';
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
    accessFields: Record<string, string | number | boolean | undefined>;
    /** Of an answer without an end: when it began, by `performance.now()`. Durations are counted to here. Default: its end. */
    streamBeganMs: number | undefined;
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
      sendError(error, request as FastifyRequest, reply as FastifyReply, options.log);
    },
  });
  app.decorateRequest('traceContext');
  app.decorateRequest('accessFields');
  app.decorateRequest('streamBeganMs');
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

/** The status under which a request counts whose caller went away before the answer began. */
const CLIENT_CLOSED_REQUEST = 499;

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
  const route = routeOf(request);
  const { headers, method } = request;
  const attributes = {
    'http.request.method': method,
    'http.route': route,
    // Whoever has an error's request id finds the trace.
    'http.response.header.x-request-id': [request.id],
  };
  const span = { kind: SpanKind.SERVER, attributes };
  const entry = startEntrySpan(observation.tracer, `${method} ${route}`, remoteParentOf(headers), span);
  request.traceContext = withBaggage(entry, headers, observation.baggage ?? []);
  request.accessFields = {};
  reply.headers(observation.headers);
  reply.header('x-request-id', request.id);
  const { underWay } = observation;
  const { socket } = request.raw;
  underWay.set(socket, {
    id: request.id,
    refused({ status, code }) {
      request.unreadStatus = status;
      request.accessFields.code = code;
    },
  });
  // Fastify's onResponse is not called when the caller hangs up.
  reply.raw.once('close', () => {
    underWay.delete(socket);
    const endedMs = request.streamBeganMs ?? performance.now();
    endRequest(request, reply, endedMs - startedMs, observation);
  });
}

function endRequest(request: FastifyRequest, reply: FastifyReply, tookMs: number, { log, count }: Observation): void {
  const status = reply.raw.headersSent ? reply.statusCode : (request.unreadStatus ?? CLIENT_CLOSED_REQUEST);
  const { method } = request;
  const route = routeOf(request);
  count(method, route, status, tookMs / 1000, trace.getSpanContext(request.traceContext));
  const span = trace.getSpan(request.traceContext);
  span?.setAttribute('http.response.status_code', status);
  if (status >= 500) span?.setAttribute('error.type', String(status)).setStatus({ code: SpanStatusCode.ERROR });
  span?.end();
  const duration_ms = Math.round(tookMs * 10) / 10;
  context.with(request.traceContext, () =>
    log.info(
      { request_id: request.id, method, route, status: String(status), ...request.accessFields, duration_ms },
      'request',
    ),
  );
}

/** The route's pattern, never the path itself: it is a metric label. */
const routeOf = (request: FastifyRequest) => request.routeOptions.url ?? 'unknown';
