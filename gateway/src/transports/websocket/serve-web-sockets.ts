import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { context } from '@opentelemetry/api';
import { CodedError, type Metrics, requestMetrics } from '@tributary/service-kit';
import type { FastifyInstance } from 'fastify';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ClientAddress } from '../../http/client-address.ts';
import type { Door } from '../../overload/door.ts';
import type { Shedding } from '../../overload/shedding.ts';
import { Exchange } from '../../pipeline/exchange.ts';
import type { GraphqlPipeline } from '../../pipeline/graphql-pipeline.ts';
import type { ConnectionSeat } from '../../subscriptions/live-seats.ts';
import { CLOSE, KNOWN_CODES } from './close-codes.ts';
import { Opening, type TellEnd } from './opening.ts';
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
  readonly shedding: Shedding;
  /** Whether a path may name a version of the API. */
  readonly hasLines: boolean;
}

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
    // An option that its types do not know yet.
    ...{ closeTimeout: CLOSE_TIMEOUT_MS },
  });
  const openingParts = { ...parts, count: requestMetrics(parts.metrics) };
  const openings = new WeakMap<IncomingMessage, Opening>();
  server.on('headers', (lines: string[], request) => void lines.push(...(openings.get(request)?.reply.lines ?? [])));
  // What is no handshake.
  server.on('wsClientError', (_error, socket, request) => {
    const opening = openings.get(request);
    if (opening === undefined) return;
    opening.reply.header('sec-websocket-version', '13, 8');
    refuse(socket, new CodedError('BAD_REQUEST', 'This is no handshake of a WebSocket.'), opening, parts);
  });
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', destroy);
    const opening = new Opening(request, openingParts);
    openings.set(request, opening);
    open(request, opening, parts).then(
      (seat) => {
        // It may be over already, or half of it: `handleUpgrade` would say nothing.
        if (!socket.readable || !socket.writable) {
          opening.left();
          socket.destroy();
          return seat.leave();
        }
        leaveWith(socket, seat);
        server.handleUpgrade(request, socket, head, (webSocket) => begin(webSocket, opening, parts));
      },
      (error: unknown) => refuse(socket, error, opening, parts),
    );
  });
}

// What listens to a socket is made where there is nothing else that it would keep for as long as that is open: neither the
// request that has opened it, nor its headers.

function destroy(this: Duplex): void {
  this.destroy();
}

function leaveWith(socket: Duplex, seat: ConnectionSeat): void {
  socket.on('close', () => seat.leave());
}

function begin(socket: WebSocket, opening: Opening, parts: SessionParts): void {
  const isSpoken = socket.protocol === GRAPHQL_TRANSPORT_WS_PROTOCOL;
  const session = isSpoken ? new Session(socket, opening.caller, parts) : undefined;
  tellWith(socket, session, opening.opened(), parts.metrics);
  if (isSpoken) return;
  socket.on('error', () => {});
  socket.close(...CLOSE.subprotocol);
}

function tellWith(socket: WebSocket, session: Session | undefined, tellEnd: TellEnd, metrics: Metrics): void {
  socket.on('close', (closeCode) => {
    const code = KNOWN_CODES.has(closeCode) ? String(closeCode) : 'other';
    metrics.get('graphql_connections_closed_total').inc({ code });
    tellEnd(code, session === undefined ? new CodedError('BAD_REQUEST') : session.closedFor);
  });
}

/** @throws CodedError for a connection that is refused */
async function open(request: IncomingMessage, opening: Opening, parts: WebSocketParts): Promise<ConnectionSeat> {
  const { caller, request: asked, reply } = opening;
  if (!opening.isKnown || (caller.params.major !== undefined && !parts.hasLines)) throw new CodedError('NOT_FOUND');
  if (isFromElsewhere(request, parts.origins)) throw new CodedError('CSRF_PREVENTED');
  if (parts.door?.turnsAnyoneAway()) throw parts.shedding.refuse(asked, reply, 'door', 'unread');
  const exchange = new Exchange(asked, reply, parts.engine.current.enter());
  await context.with(asked.traceContext, () => parts.pipeline.admitConnection(exchange));
  return parts.seats.connect('websocket', parts.address(request));
}

/**
 * Whether a script of another site opens it: browsers let them, send cookies along, and say so in `origin` (cross-site
 * WebSocket hijacking). What is no browser sends none.
 */
function isFromElsewhere({ headers: { origin, host } }: IncomingMessage, origins: readonly string[]): boolean {
  return origin !== undefined && !origins.includes(origin) && URL.parse(origin)?.host !== host;
}

/** For the client to take a refusal. */
const REFUSAL_TIMEOUT_MS = 2000;

/** Answers the request that was to become a WebSocket. */
function refuse(socket: Duplex, error: unknown, opening: Opening, { log }: WebSocketParts): void {
  const refusal = error instanceof CodedError ? error : new CodedError('INTERNAL_SERVER_ERROR');
  const { id, traceContext } = opening.request;
  if (refusal !== error) {
    context.with(traceContext, () => log.error({ request_id: id, err: error }, 'a connection could not be opened'));
  }
  // The socket is no longer the server's, and would stay for as long as the client keeps its half of it open.
  socket.once('finish', () => socket.destroy());
  const timer = setTimeout(() => socket.destroy(), REFUSAL_TIMEOUT_MS).unref();
  socket.once('close', () => clearTimeout(timer));
  socket.end(opening.refused(refusal));
}
