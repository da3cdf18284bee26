import type { Tracer } from '@opentelemetry/api';
import type { Logger, Metrics } from '@tributary/service-kit';
import type { Engine } from '../../engine/engine.ts';
import type { AccessTokenVerifier } from '../../identity/access-token-verifier.ts';
import type { GraphqlPipeline } from '../../pipeline/graphql-pipeline.ts';
import type { LiveSeats } from '../../subscriptions/live-seats.ts';
import type { LiveConnections } from '../live-connections.ts';

/** What all WebSockets of the gateway have in common. */
export interface SessionParts {
  readonly pipeline: Pick<GraphqlPipeline, 'answerMessage'>;
  readonly engine: Pick<Engine, 'current'>;
  readonly verifier: AccessTokenVerifier;
  readonly seats: LiveSeats;
  readonly connections: LiveConnections;
  /** Operations on one WebSocket at once. */
  readonly maxOperations: number;
  readonly initWaitMs: number;
  readonly slowAfterMs: number;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly tracer: Tracer;
}
