import type { CodedError, LogPosition } from '@tributary/service-kit';
import type { Representation } from '../supergraph/event-binding.ts';

/** Something that happened, of which those who subscribed to it are told. */
export interface SourceEvent {
  /** The entity that it is about, which its subgraph is asked for; or what the subgraph has said itself, as JSON. */
  readonly what: { readonly entity: Representation } | { readonly answer: string };
  /** To go on behind it; undefined where its source cannot. */
  readonly position: LogPosition | undefined;
  /** Of what caused it. */
  readonly traceparent: string | undefined;
}

/** What an entity's event takes beside its key: objects, and its place in what waits. */
const EVENT_BYTES = 300;

/** What an event takes while it waits. */
export function bytesOf({ what }: SourceEvent): number {
  if ('answer' in what) return what.answer.length;
  let bytes = EVENT_BYTES;
  for (const value of Object.values(what.entity)) if (typeof value === 'string') bytes += value.length;
  return bytes;
}

/** Is told of events in their order, and at last that there are no more. */
export interface SourceListener {
  event(event: SourceEvent): void;
  /** @param error why, unless it is complete */
  ended(error: CodedError | undefined): void;
}

/** A source that is heard. */
export interface OpenSource {
  /** Equal where the same is heard. */
  readonly key: string;
  /** Where it is now; undefined where it has no places to go on from. */
  position(): LogPosition | undefined;
  /** Events behind a place up to where it is now; undefined where they are not kept any more. @throws CodedError */
  replay(after: LogPosition): Promise<SourceEvent[] | undefined>;
  close(): void;
}
