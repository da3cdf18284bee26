import type { AccessFields, Identity } from '@tributary/service-kit';
import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import type { Denial } from '../authorization/denial.ts';
import type { Generation } from '../engine/generation.ts';
import type { OperationResult } from '../executor/prepare-operation.ts';
import type { Priority } from '../overload/priority.ts';

/** What one event came to. */
export interface LiveResult {
  readonly result: OperationResult;
  /** To resume behind it; undefined where the source cannot. */
  readonly eventId: string | undefined;
  /** Of the event: in its span, in log lines, and in what subgraphs were asked for it. */
  readonly requestId: string;
}

/**
 * Why a subscription ended: its source has no more (`completed`), broke (`failed`), the schema that it began with was
 * replaced by one that has no place for it, or its version retired (`retired`), or its events were not taken in time
 * (`slow_consumer`).
 */
export const LIVE_ENDS = ['completed', 'failed', 'retired', 'slow_consumer'] as const;
export type LiveEnd = (typeof LIVE_ENDS)[number];

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
  /** Of its access line. Lines about an event say whose operation it is: that of who asked first, where several share it. */
  readonly fields: AccessFields;
  readonly canary: string | undefined;
  /** With which subgraphs are asked when it begins. */
  readonly priority: Priority;
  /** Who asks, as `askerOf` tells. Personal data. */
  readonly asker: string;
  /** The version line by whose schema it is valid. Undefined: the generation's whole schema. */
  readonly line?: number | undefined;
  /**
   * The last event that the client has, where it goes on with an earlier subscription. NO_EVENT_YET: there is none, and it
   * is told where this one begins by a result without data.
   */
  readonly lastEventId: string | undefined;
  /** So many results wait to be taken; one more ends it as `slow_consumer`. */
  readonly bufferedEvents: number;
}

/** One client's subscription. `return()` leaves it; `next()` rejects with a CodedError where it ended as `failed`. */
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
  /** Versions of the API are retired, and no others: theirs end as `retired`, and none of them begins. */
  retire(majors: ReadonlySet<number>): void;
  /** Ends all that is left. */
  stop(): Promise<void>;
}
