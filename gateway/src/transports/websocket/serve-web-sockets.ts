import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { context, trace } from '@opentelemetry/api';
import { CodedError } from '@tributary/service-kit';
import type { FastifyInstance } from 'fastify';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ClientAddress } from '../../http/client-address.ts';
import type { Door } from '../../overload/door.ts';
import { Exchange } from '../../pipeline/exchange.ts';
import type { GraphqlPipeline } from '../../pipeline/graphql-pipeline.ts';
import { clientErrorOf } from '../../pipeline/respond.ts';
import type { ConnectionSeat } from '../live-seats.ts';
import { CLOSE } from './close-codes.ts';
import { headersOfOpening } from './connection-headers.ts';
import { type Caller, MessageReply, MessageRequest } from './message-request.ts';
import { Session } from './session.ts';
import type { SessionParts } from './session-parts.ts';

export interface WebSocketParts extends SessionParts {
  readonly pipeline: GraphqlPipeline;
  readonly address: ClientAddress;
  /** Sites whose scripts may open one, beside the gateway's own. */
  readonly origins: readonly string[];
  readonly cookieName: string | undefined;
  /** Of a message. */
  readonly bodyLimitBytes: number;
  readonly door: Door | undefined;
  /** Whether a path may name a version of the API. */
  readonly hasLines: boolean;
}

const PATH = /^(?:\/v(\d+))?\/graphql(?:\?|$)/;
/** For the client to answer a close frame. */
const CLOSE_TIMEOUT_MS = 2000;

/** WebSockets on `/graphql` and its versions: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md. */
export function serveWebSockets(app: FastifyInstance, parts: WebSocketParts): void {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: parts.bodyLimitBytes,
    // Each compressor takes hundreds of kilobytes, for messages of a few hundred bytes.
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols,
    ...{ closeTimeout: CLOSE_TIMEOUT_MS },
  });
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    open(request, parts).then(
      ({ caller, seat }) => {
        // It may be over already; and where the handshake is none, nobody else says so.
        if (socket.destroyed) return seat.leave();
        socket.once('close', () => seat.leave());
        server.handleUpgrade(request, socket, head, (webSocket) => begin(webSocket, caller, seat, parts));
      },
      (error: unknown) => refuse(socket, error, parts),
    );
  });
}

function begin(socket: WebSocket, caller: Caller, seat: ConnectionSeat, parts: SessionParts): void {
  if (socket.protocol === GRAPHQL_TRANSPORT_WS_PROTOCOL) {
    new Session(socket, caller, seat, parts);
    return;
  }
  socket.on('error', () => {});
  socket.close(...CLOSE.subprotocol);
}

/** @throws CodedError for a connection that is refused */
async function open(
  request: IncomingMessage,
  parts: WebSocketParts,
): Promise<{ caller: Caller; seat: ConnectionSeat }> {
  const caller = callerOf(request, parts);
  if (isFromElsewhere(request, parts.origins)) throw new CodedError('CSRF_PREVENTED');
  if (parts.connections.isDraining || parts.door?.isFull) throw new CodedError('SERVICE_UNAVAILABLE');
  const asked = new MessageRequest(caller, parts.tracer, request.headers.traceparent);
  try {
    const exchange = new Exchange(asked, new MessageReply(), parts.engine.current.enter());
    await context.with(asked.traceContext, () => parts.pipeline.admitConnection(exchange));
    return { caller, seat: parts.seats.connect('websocket', parts.address(request)) };
  } finally {
    trace.getSpan(asked.traceContext)?.end();
  }
}

function callerOf({ url = '', headers, socket }: IncomingMessage, { hasLines, cookieName }: WebSocketParts): Caller {
  const [path, major] = PATH.exec(url) ?? [];
  if (path === undefined || (major !== undefined && !hasLines)) throw new CodedError('NOT_FOUND');
  const forwarded = headers['x-forwarded-for'];
  return {
    headers: headersOfOpening(headers, cookieName),
    host: headers.host ?? '',
    raw: { url: path, socket, headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } },
    params: major === undefined ? {} : { major },
    route: major === undefined ? '/graphql' : '/v:major/graphql',
  };
}

/**
 * Whether a script of another site opens it: browsers let them, send cookies along, and say so in `origin` (cross-site
 * WebSocket hijacking). What is no browser sends none.
 */
function isFromElsewhere({ headers: { origin, host } }: IncomingMessage, origins: readonly string[]): boolean {
  return origin !== undefined && !origins.includes(origin) && URL.parse(origin)?.host !== host;
}

const RETRY_AFTER_SECONDS = 1;
/** For the client to take a refusal. */
const REFUSAL_TIMEOUT_MS = 2000;

/** Answers the request that was to become a WebSocket. */
function refuse(socket: Duplex, error: unknown, { log }: WebSocketParts): void {
  const refusal = error instanceof CodedError ? error : new CodedError('INTERNAL_SERVER_ERROR');
  if (refusal !== error) log.error({ err: error }, 'a connection could not be opened');
  const { status } = refusal;
  const body = JSON.stringify({ errors: [clientErrorOf(refusal, '')] });
  const retry = status === 429 || status === 503 ? `retry-after: ${RETRY_AFTER_SECONDS}\r\n` : '';
  // The socket is no longer the server's, and would stay for as long as the client keeps its half of it open.
  socket.once('finish', () => socket.destroy());
  const timer = setTimeout(() => socket.destroy(), REFUSAL_TIMEOUT_MS).unref();
  socket.once('close', () => clearTimeout(timer));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: application/json; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n${retry}\r\n${body}`,
  );
}
