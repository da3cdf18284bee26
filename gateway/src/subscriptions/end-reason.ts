import { LIVE_ENDS } from './live-operation.ts';

/** How subscriptions come to clients. */
export const TRANSPORTS = ['websocket', 'sse', 'multipart'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** Why a subscription ended, by its source or otherwise; see `graphql_subscriptions_ended_total`. */
export const END_REASONS = [...LIVE_ENDS, 'left', 'token_expired', 'restart'] as const;
export type EndReason = (typeof END_REASONS)[number];
