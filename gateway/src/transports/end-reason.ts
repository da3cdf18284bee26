/** How subscriptions come to clients. */
export const TRANSPORTS = ['websocket', 'sse', 'multipart'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** Why a subscription ended; see `graphql_subscriptions_ended_total`. */
export const END_REASONS = [
  'completed',
  'left',
  'failed',
  'retired',
  'slow_consumer',
  'token_expired',
  'restart',
] as const;
export type EndReason = (typeof END_REASONS)[number];
