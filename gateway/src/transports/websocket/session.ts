import { CodedError } from '@tributary/service-kit';
import { MessageType, type SubscribeMessage, validateMessage } from 'graphql-ws';
import type { RawData, WebSocket } from 'ws';
import type { EndReason } from '../../subscriptions/end-reason.ts';
import type { LiveConnection } from '../live-connections.ts';
import { CLOSE, CLOSE_CAUSES, type CloseName } from './close-codes.ts';
import { withConnectionParams } from './connection-headers.ts';
import { MessageBounds } from './message-bounds.ts';
import { MessageOperation, type OperationHost } from './message-operation.ts';
import type { Caller } from './message-request.ts';
import { Outbox } from './outbox.ts';
import type { SessionParts } from './session-parts.ts';

type State = 'opened' | 'initialising' | 'ready' | 'closing';

/** Longer ones would be a way to fill the memory. */
const MAX_ID_LENGTH = 256;
/** Of a ping whose payload is sent back. */
const MAX_PING_LENGTH = 1024;

/**
 * One WebSocket that speaks graphql-transport-ws (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md). What is
 * no message of the protocol closes it, with the code that the protocol has for that; what is wrong with an operation is
 * said of that operation alone.
 */
export class Session implements LiveConnection, OperationHost {
  readonly outbox: Outbox;
  readonly #socket: WebSocket;
  readonly #parts: SessionParts;
  readonly #operations = new Map<string, MessageOperation>();
  /** Those that their client has ended, and that are not over: what a mutation has begun it finishes. */
  readonly #leaving = new Set<MessageOperation>();
  readonly #bounds = new MessageBounds();
  #caller: Caller;
  #state: State = 'opened';
  /** Whether it has been heard of since the last beat. */
  #isThere = true;
  #isDraining = false;
  #initTimer: NodeJS.Timeout | undefined;
  #closedFor: CodedError | undefined;
  expiresMs: number | undefined;

  constructor(socket: WebSocket, caller: Caller, parts: SessionParts) {
    this.#socket = socket;
    this.#caller = caller;
    this.#parts = parts;
    this.outbox = new Outbox(socket, () => this.slow());
    socket.on('message', (data, isBinary) => this.#hear(data, isBinary));
    // The ws package answers it.
    socket.on('ping', () => this.#mayPass());
    socket.on('pong', () => {
      this.#isThere = true;
      this.#mayPass();
    });
    // Whatever it is, the socket is closed with it.
    socket.on('error', () => {});
    socket.on('close', () => this.#closed());
    this.#initTimer = setTimeout(() => this.#close('initTimeout', 'left'), parts.initWaitMs);
    parts.connections.add(this);
  }

  get caller(): Caller {
    return this.#caller;
  }

  /** What the gateway has closed it for; undefined: it has not, or nothing was wrong. */
  get closedFor(): CodedError | undefined {
    return this.#closedFor;
  }

  beat(): void {
    if (!this.#isThere) {
      this.destroy();
      return;
    }
    this.#isThere = false;
    this.#socket.ping();
  }

  expire(): void {
    this.#close('tokenExpired', 'token_expired');
  }

  slow(): void {
    this.#close('slowConsumer', 'slow_consumer');
  }

  wentLive(): void {
    if (this.#isDraining) this.drain();
  }

  answered(status: number): void {
    if (!this.#bounds.mayGoOn(status)) this.#close('tooMany', 'left');
  }

  /** Queries and mutations that are under way are answered first. */
  drain(): void {
    this.#isDraining = true;
    const isBusy = [...this.#operations.values()].some(({ isLive }) => !isLive);
    if (!isBusy) this.#close('serviceRestart', 'restart');
  }

  destroy(): void {
    this.#socket.terminate();
  }

  #hear(data: RawData, isBinary: boolean): void {
    if (this.#state === 'closing') return;
    this.#isThere = true;
    const text = isBinary ? '' : String(data);
    const message = messageIn(text);
    switch (message?.type) {
      case MessageType.ConnectionInit:
        this.#init(message.payload).catch((error) => this.#broke(error));
        return;
      case MessageType.Ping: {
        if (!this.#mayPass()) return;
        const isEmpty = message.payload == null || text.length > MAX_PING_LENGTH;
        const payload = isEmpty ? '' : `,"payload":${JSON.stringify(message.payload)}`;
        this.outbox.send(`{"type":"pong"${payload}}`);
        return;
      }
      case MessageType.Pong:
        this.#mayPass();
        return;
      case MessageType.Subscribe:
        this.#subscribe(message).catch((error) => this.#broke(error));
        return;
      case MessageType.Complete:
        if (this.#operations.has(message.id) || this.#mayPass()) this.#leave(message.id, 'left');
        return;
      default:
        this.#close('badRequest', 'left');
    }
  }

  async #init(payload: Readonly<Record<string, unknown>> | undefined): Promise<void> {
    if (this.#state !== 'opened') {
      this.#close('tooManyInits', 'left');
      return;
    }
    this.#state = 'initialising';
    this.#stopInitTimer();
    const headers = withConnectionParams(this.#caller.headers, payload ?? undefined);
    try {
      const { identity, expiresMs } = await this.#parts.verifier.verifyUntil(headers.authorization);
      if (!this.#is('initialising')) return;
      // A token that nobody reads, as there are no issuers, is not kept: it may be as long as a message.
      const isRead = identity.kind !== 'anonymous';
      this.#caller = { ...this.#caller, headers: isRead ? headers : { ...headers, authorization: undefined } };
      this.expiresMs = expiresMs;
      this.#state = 'ready';
      this.outbox.send('{"type":"connection_ack"}');
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      const name =
        error.code === 'TOKEN_EXPIRED' ? 'tokenExpired' : error.status === 401 ? 'tokenInvalid' : 'tryAgainLater';
      this.#close(name, 'left', error);
    }
  }

  async #subscribe({ id, payload }: SubscribeMessage): Promise<void> {
    if (this.#state !== 'ready') return this.#close('unauthorized', 'left');
    if (id.length > MAX_ID_LENGTH) return this.#close('badRequest', 'left');
    if (this.#operations.has(id)) return this.#close('subscriberExists', 'left');
    const operation = new MessageOperation(id, this, this.#parts);
    if (this.#operations.size + this.#leaving.size >= this.#parts.maxOperations) {
      const refusal = this.#parts.seats.refuse('subscriptions', 'connection');
      operation.turnAway(refusal);
      this.answered(refusal.status);
      return;
    }
    this.#operations.set(id, operation);
    const running = operation.run(payload as unknown as Record<string, unknown>);
    // Not waited for: the message would be kept for as long as it goes on.
    running.finally(() => this.#over(id, operation)).catch((error) => this.#broke(error));
  }

  #over(id: string, operation: MessageOperation): void {
    // The client may have ended it, and begun another one of that id.
    if (this.#operations.get(id) === operation) this.#operations.delete(id);
    this.#leaving.delete(operation);
    if (this.#isDraining) this.drain();
  }

  /** For what no rate charges. */
  #mayPass(): boolean {
    const may = this.#bounds.mayPass();
    if (!may) this.#close('tooMany', 'left');
    return may;
  }

  #leave(id: string, reason: EndReason): void {
    const operation = this.#operations.get(id);
    if (operation === undefined) return;
    this.#operations.delete(id);
    // A subscription that goes on has its seat until it is over.
    if (!operation.isLive) this.#leaving.add(operation);
    operation.leave(reason);
  }

  /** What no step foresaw: a defect of ours. */
  #broke(err: unknown): void {
    this.#parts.log.error({ err }, 'a message could not be handled');
    this.#close('internal', 'failed');
  }

  /** @param cause of what is closed for an error. Default: as the name says */
  #close(name: CloseName, reason: EndReason, cause?: CodedError): void {
    if (this.#state === 'closing') return;
    this.#state = 'closing';
    const known = CLOSE_CAUSES[name];
    this.#closedFor = cause ?? (known && new CodedError(known));
    const [code, text] = CLOSE[name];
    this.#leaveAll(reason);
    this.#socket.close(code, text);
  }

  #closed(): void {
    this.#state = 'closing';
    this.#stopInitTimer();
    this.#leaveAll('left');
    this.outbox.close();
    this.#parts.connections.delete(this);
  }

  #stopInitTimer(): void {
    clearTimeout(this.#initTimer);
    this.#initTimer = undefined;
  }

  #leaveAll(reason: EndReason): void {
    for (const id of [...this.#operations.keys()]) this.#leave(id, reason);
  }

  #is(state: State): boolean {
    return this.#state === state;
  }
}

/** Undefined for what is no message of the protocol. */
function messageIn(text: string) {
  try {
    const message: unknown = JSON.parse(text);
    if (isById(message)) message.payload.query ??= '';
    return validateMessage(message);
  } catch {
    return undefined;
  }
}

/** A document that is named in place of being sent: the protocol knows of no such thing. */
const isById = (message: unknown): message is { payload: { query?: unknown } } => {
  const { payload } = (message ?? {}) as {
    payload?: { documentId?: unknown; extensions?: { persistedQuery?: unknown } };
  };
  return typeof payload === 'object' && (payload?.documentId ?? payload?.extensions?.persistedQuery) !== undefined;
};
