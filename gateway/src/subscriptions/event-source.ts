import { CodedError, type Identity } from '@tributary/service-kit';
import { type EventBinding, entityOfArguments, topicOf, unusableArgument } from '../supergraph/event-binding.ts';
import type { EventHub } from './event-hub.ts';
import type { OpenSource, SourceEvent, SourceListener } from './source-event.ts';

export interface EventSourceParts {
  hub: EventHub;
  binding: EventBinding;
  /** Of the field. */
  args: Readonly<Record<string, unknown>>;
  identity: Identity;
  /** All types that the supergraph binds: they are heard together. */
  types: Iterable<string>;
  /** Asks whether the caller may see the entity. */
  isVisible(event: SourceEvent): Promise<boolean>;
}

/**
 * Hears the events of a field that the schema binds.
 *
 * @throws CodedError UNAUTHENTICATED where only users hear it, NOT_FOUND for an entity that is not there for the caller,
 *   SUBSCRIPTION_UNAVAILABLE without a broker
 */
export async function openEventSource(parts: EventSourceParts, listener: SourceListener): Promise<OpenSource> {
  const { hub, binding, args, identity, types } = parts;
  const topic = requiredTopic(binding, args, identity);
  await hub.ready(types);
  const leave = hub.listen(binding, topic, (event) => listener.event(event));
  try {
    const entity = entityOfArguments(binding, args);
    // Behind the first event that it may miss: what happens meanwhile is heard.
    if (
      entity !== undefined &&
      !(await parts.isVisible({ what: { entity }, position: undefined, traceparent: undefined }))
    )
      throw new CodedError('NOT_FOUND', 'There is nothing to subscribe to by that name.');
  } catch (error) {
    leave();
    throw error;
  }
  return {
    key: topic,
    position: () => hub.position,
    replay: (after) =>
      hub.replay(binding, topic, after).catch((cause: unknown) => {
        throw new CodedError('SUBSCRIPTION_UNAVAILABLE', undefined, { cause });
      }),
    close: leave,
  };
}

/** @throws CodedError where nothing could ever be heard */
export function requiredTopic(binding: EventBinding, args: EventSourceParts['args'], identity: Identity): string {
  const argument = unusableArgument(binding, args);
  if (argument !== undefined)
    throw new CodedError('BAD_USER_INPUT', `\`${argument}\` has no value that events are found by.`);
  const topic = topicOf(binding, args, identity);
  // What is left is the caller.
  if (topic === undefined) throw new CodedError('UNAUTHENTICATED');
  return topic;
}
