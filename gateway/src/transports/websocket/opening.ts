import { type IncomingMessage, STATUS_CODES } from 'node:http';
import { trace } from '@opentelemetry/api';
import {
  CLIENT_CLOSED_REQUEST,
  type CodedError,
  type Logger,
  newId,
  requestIdFrom,
  type requestMetrics,
  tellOutcome,
  tellRefusal,
  writeAccessLine,
} from '@tributary/service-kit';
import type { OperationReply } from '../../http/operation-request.ts';
import { clientErrorOf } from '../../pipeline/respond.ts';
import { headersOfOpening } from './connection-headers.ts';
import { type Caller, MessageEnd, MessageRequest } from './message-request.ts';
import type { SessionParts } from './session-parts.ts';

export interface OpeningParts extends Pick<SessionParts, 'log' | 'tracer'> {
  readonly count: ReturnType<typeof requestMetrics>;
  readonly cookieName: string | undefined;
}

/**
 * To be called when the WebSocket is closed.
 *
 * @param closeCode a known one, or `other`
 * @param cause what the gateway has closed it for; undefined: nothing was wrong
 */
export type TellEnd = (closeCode: string, cause: CodedError | undefined) => void;

const PATH = /^(?:\/v(\d+))?\/graphql(?:\?|$)/;
/** As the HTTP routes have it. */
const VERSIONED = '/v:major(^\\d+$)/graphql';
const RETRY_AFTER_SECONDS = 1;

/**
 * The request that asks for a WebSocket. Fastify does not see it: it has its id, span, line and metric from here, and the
 * headers that steps set are sent with what it is answered.
 */
export class Opening {
  readonly caller: Caller;
  readonly request: MessageRequest;
  readonly reply = new OpeningReply();
  /** Whether there is something to open at its path. */
  readonly isKnown: boolean;
  readonly #parts: OpeningParts;
  readonly #method: string;

  constructor({ url = '', method = 'GET', headers, socket }: IncomingMessage, parts: OpeningParts) {
    const [path, major] = PATH.exec(url) ?? [];
    const forwarded = headers['x-forwarded-for'];
    this.isKnown = path !== undefined;
    this.caller = {
      headers: headersOfOpening(headers, parts.cookieName),
      host: headers.host ?? '',
      raw: { url: path ?? '', socket, headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } },
      params: major === undefined ? {} : { major },
      route: path === undefined ? 'unknown' : major === undefined ? '/graphql' : VERSIONED,
    };
    this.#parts = parts;
    this.#method = method;
    this.request = new MessageRequest(this.caller, parts.tracer, {
      traceparent: headers.traceparent,
      id: requestIdFrom(headers['x-request-id']) ?? newId(),
      spanName: `${method} ${this.caller.route}`,
      attributes: { 'http.request.method': method },
    });
    this.reply.header('x-request-id', this.request.id);
  }

  /** It has become a WebSocket. */
  opened(): TellEnd {
    this.#tell(101);
    return tellEndOf(this.request, this.#method, this.#parts.log);
  }

  /** Its client did not wait for that. */
  left(): void {
    this.#tell(CLIENT_CLOSED_REQUEST);
  }

  /** The answer with which it does not. */
  refused(refusal: CodedError): string {
    const { status } = refusal;
    tellRefusal(this.request.accessFields, refusal);
    this.#tell(status);
    const body = JSON.stringify({ errors: [clientErrorOf(refusal, this.request.id)] });
    const { reply } = this;
    const isPassing = status === 429 || status === 503;
    if (isPassing && reply.getHeader('retry-after') === undefined) reply.header('retry-after', RETRY_AFTER_SECONDS);
    reply.header('connection', 'close');
    reply.header('content-type', 'application/json; charset=utf-8');
    reply.header('content-length', Buffer.byteLength(body));
    return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${reply.lines.map((line) => `${line}\r\n`).join('')}\r\n${body}`;
  }

  #tell(status: number): void {
    const { request } = this;
    const span = trace.getSpan(request.traceContext);
    span?.setAttribute('http.response.status_code', status);
    const seconds = (performance.now() - request.startedMs) / 1000;
    this.#parts.count(this.#method, request.route, status, seconds, span?.spanContext());
    request.tellAnswered(this.#method, status, this.#parts.log);
  }
}

/** All that is kept of the opening for as long as the WebSocket is open. */
function tellEndOf(request: MessageRequest, method: string, log: Logger): TellEnd {
  const { id: requestId, traceContext, route, accessFields: fields } = request;
  const openedMs = performance.now();
  return (closeCode, cause) => {
    if (cause === undefined) tellOutcome(fields, 'success', []);
    else tellRefusal(fields, cause);
    fields.close_code = closeCode;
    const openMs = performance.now() - openedMs;
    const line = { message: 'connection ended', requestId, traceContext, method, route, status: 101, fields } as const;
    writeAccessLine(log, { ...line, openMs });
  };
}

/** Keeps the headers that steps set. */
class OpeningReply implements OperationReply {
  readonly raw = new MessageEnd();
  readonly #headers = new Map<string, string | number>();

  header(name: string, value: string | number): void {
    this.#headers.set(name, value);
  }

  getHeader(name: string): unknown {
    return this.#headers.get(name);
  }

  /** `name: value` of each. */
  get lines(): string[] {
    return [...this.#headers].map(([name, value]) => `${name}: ${value}`);
  }
}
