import type { OperationResult } from './prepare-operation.ts';
import type { ClientError } from './projection-run.ts';
import type { ResponsePath } from './targets.ts';

/** What an operation with `@defer` or `@stream` came to: what is there at first, and what follows. */
export interface IncrementalResult {
  readonly initial: OperationResult;
  /** Parts that follow; none where everything is in `initial`. */
  readonly pending: readonly PendingPart[];
  /** What follows; undefined where `pending` is empty. To be read to its end, or left by `return()`. */
  readonly updates: AsyncIterableIterator<IncrementalUpdate> | undefined;
}

/** A deferred fragment at one place of the response, of a list one for each item; or the further items of a list. */
export interface PendingPart {
  /** Of this response alone. */
  readonly id: string;
  /** Of the object that its fields belong to, or of the list; in the client's keys. */
  readonly path: ResponsePath;
  /** As the client wrote it. */
  readonly label: string | undefined;
}

/** What has become ready since the payload before. */
export interface IncrementalUpdate {
  /** Parts inside of what is delivered with this payload. */
  readonly pending: readonly PendingPart[];
  readonly incremental: readonly (IncrementalData | IncrementalItems)[];
  readonly completed: readonly CompletedPart[];
  readonly hasNext: boolean;
}

/** Fields of an object that the client has: no field comes twice. */
export interface IncrementalData {
  readonly part: PendingPart;
  /** Where the object is below the part's own place. */
  readonly subPath: ResponsePath;
  /** JSON text of an object. */
  readonly data: string;
  readonly errors: readonly ClientError[];
}

/** Items of a list, behind those that the client has. */
export interface IncrementalItems {
  readonly part: PendingPart;
  /** Of the first of them. */
  readonly index: number;
  /** JSON text of an array. */
  readonly items: string;
  readonly errors: readonly ClientError[];
}

export interface CompletedPart {
  readonly part: PendingPart;
  /** Why it is not there: a null where none may be. Undefined: it has been delivered. */
  readonly errors: readonly ClientError[] | undefined;
  /** Of a list, the item at which it ended. */
  readonly index?: number | undefined;
}
