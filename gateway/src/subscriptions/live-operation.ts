import type { Identity } from '@tributary/service-kit';
import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import type { Denial } from '../authorization/denial.ts';
import type { Generation } from '../engine/generation.ts';
import type { OperationResult } from '../executor/prepare-operation.ts';

/** What one event came to. */
export interface LiveResult {
  readonly result: OperationResult;
  /** To resume behind it; undefined where the source cannot. */
  readonly eventId: string | undefined;
}

/**
 * Why a subscription ended: its source has no more (`completed`), broke (`source-failed`), the schema that it began with
 * was replaced by one that has no place for it (`retired`), or its events were not taken in time (`slow-consumer`).
 */
export type LiveEnd = 'completed' | 'source-failed' | 'retired' | 'slow-consumer';

export interface LiveRequest {
  /** Valid by the generation's schema. */
  readonly document: DocumentNode;
  /** A subscription. */
  readonly operation: OperationDefinitionNode;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** What whoever asks may not see of it; undefined: nothing. */
  readonly denial: Denial | undefined;
  readonly identity: Identity;
  readonly requestId: string;
  readonly canary: string | undefined;
  /** The version line by whose schema it is valid. Undefined: the generation's whole schema. */
  readonly line?: number | undefined;
  /** The last event that the client has, where it goes on with an earlier subscription. */
  readonly lastEventId: string | undefined;
  /** So many results wait to be taken; one more ends it as `slow-consumer`. */
  readonly bufferedEvents: number;
}

/** One client's subscription. `return()` leaves it; `next()` rejects with a CodedError where it ended as `source-failed`. */
export interface LiveOperation extends AsyncIterableIterator<LiveResult> {
  /** Undefined while it goes on, and where it was left. */
  readonly end: LiveEnd | undefined;
  /** To resume where it began, as long as no event has come; undefined where the source cannot. */
  readonly startId?: string | undefined;
}

/** What makes events into results, for whichever transport carries them to clients. */
export interface Subscriptions {
  /** Resolves once every later event is heard. @throws CodedError when it is refused */
  subscribe(generation: Generation, request: LiveRequest): Promise<LiveOperation>;
  /** Ends all that is left. */
  stop(): Promise<void>;
}
