import type { ErrorCode } from '@tributary/service-kit';
import { CloseCode } from 'graphql-ws';

/**
 * With what the gateway closes a WebSocket. Those of the protocol (graphql-transport-ws) and of RFC 6455 mean what they
 * mean there; slow consumers have none in either. Which of them make clients come again: docs/subscriptions.md.
 */
export const CLOSE = {
  /** RFC 6455's registry: the gateway stops, another one takes over. */
  serviceRestart: [1012, 'Service Restart'],
  /** RFC 6455's registry: who the client is cannot be found out at the moment. */
  tryAgainLater: [1013, 'Try Again Later'],
  /** RFC 6455's policy violation: too many pings, or operations beyond a limit. graphql-ws' client does not come again. */
  tooMany: [1008, 'RATE_LIMITED'],
  badRequest: [CloseCode.BadRequest, 'Invalid message received'],
  unauthorized: [CloseCode.Unauthorized, 'Unauthorized'],
  /** A token that is not good: a client with another one may come again at once. */
  tokenInvalid: [CloseCode.Forbidden, 'TOKEN_INVALID'],
  tokenExpired: [CloseCode.Forbidden, 'TOKEN_EXPIRED'],
  subprotocol: [CloseCode.SubprotocolNotAcceptable, 'Subprotocol not acceptable'],
  initTimeout: [CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout'],
  subscriberExists: [CloseCode.SubscriberAlreadyExists, 'Subscriber already exists'],
  tooManyInits: [CloseCode.TooManyInitialisationRequests, 'Too many initialisation requests'],
  internal: [CloseCode.InternalServerError, 'Internal server error'],
  /** 4000 and HTTP's "bandwidth limit exceeded". graphql-ws' client comes again. */
  slowConsumer: [4509, 'SUBSCRIPTION_SLOW_CONSUMER'],
} as const satisfies Record<string, readonly [code: number, reason: string]>;

export type CloseName = keyof typeof CLOSE;

/** What access lines call that; nothing is wrong with a connection that is to be made again elsewhere. */
export const CLOSE_CAUSES: Readonly<Record<CloseName, ErrorCode | undefined>> = {
  serviceRestart: undefined,
  tryAgainLater: 'SERVICE_UNAVAILABLE',
  tooMany: 'RATE_LIMITED',
  badRequest: 'BAD_REQUEST',
  unauthorized: 'UNAUTHENTICATED',
  tokenInvalid: 'TOKEN_INVALID',
  tokenExpired: 'TOKEN_EXPIRED',
  subprotocol: 'BAD_REQUEST',
  initTimeout: 'REQUEST_TIMEOUT',
  subscriberExists: 'BAD_REQUEST',
  tooManyInits: 'BAD_REQUEST',
  internal: 'INTERNAL_SERVER_ERROR',
  slowConsumer: 'SUBSCRIPTION_SLOW_CONSUMER',
};

/** What the ws package closes with by itself: a bad frame, text that is no UTF-8, a message that is too long. */
const OF_FRAMES = [1002, 1007, 1009];
/** What clients close with, and what stands for no close frame at all. */
const OF_CLIENTS = [1000, 1001, 1005, 1006];

/** Codes that a metric may name. */
export const KNOWN_CODES: ReadonlySet<number> = new Set([
  ...Object.values(CLOSE).map(([code]) => code),
  ...OF_FRAMES,
  ...OF_CLIENTS,
]);
