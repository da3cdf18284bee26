import { type Attributes, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { currentTraceparent, linksTo } from '../tracing/context.ts';
import { recordFailure } from '../tracing/span-failure.ts';
import { inEntrySpan } from '../tracing/tracing.ts';
import type { CloudEvent } from './event.ts';
import type { Delivery, EventBus } from './event-bus.ts';

/*
 * The spans of an event's way, by OpenTelemetry's conventions for messaging. The destination is the event's type, which on
 * NATS is the subject without the stream's prefix. Attributes `messaging.delivery.…` are ours.
 */

/** Value of `messaging.delivery.outcome`, as of the label of `events_consumed_total`. */
type Outcome = 'handled' | 'repeated' | 'failed' | 'dead_lettered';

/**
 * Publishes an event in a PRODUCER span: a child of the span in which the event was said, though that has ended by now.
 * What the event carries from here on names this span, so that consumers are linked to the attempt that reached them.
 *
 * @param attempt of the outbox's relay, from 1
 */
export function inSendSpan(
  tracer: Tracer,
  system: EventBus['system'],
  event: CloudEvent,
  attempt: number,
  publish: (event: CloudEvent) => Promise<void>,
): Promise<void> {
  const span = {
    kind: SpanKind.PRODUCER,
    attributes: { ...attributesOf('send', system, event), 'messaging.delivery.attempt': attempt },
  };
  return inEntrySpan(tracer, `send ${event.type}`, event.traceparent, span, () => {
    const traceparent = trace.getActiveSpan()?.isRecording() ? currentTraceparent() : undefined;
    return publish(traceparent === undefined ? event : { ...event, traceparent });
  });
}

/**
 * Handles an event in a CONSUMER span. It goes on with the trace that the event carries, which the conventions leave to
 * whoever handles messages one by one, and is linked to the producer's span as they ask for.
 */
export function inProcessSpan(
  tracer: Tracer,
  { system, consumer, event, delivery, isRedrive }: Consumption,
  handle: () => Promise<void>,
): Promise<void> {
  const span = {
    kind: SpanKind.CONSUMER,
    links: linksTo(event.traceparent),
    attributes: {
      ...attributesOf('process', system, event),
      'messaging.consumer.group.name': consumer,
      'messaging.delivery.attempt': delivery.attempt,
      ...(isRedrive ? { 'messaging.delivery.redrive': true } : {}),
    },
  };
  return inEntrySpan(tracer, `process ${event.type}`, event.traceparent, span, handle);
}

interface Consumption {
  system: EventBus['system'];
  /** Its name. */
  consumer: string;
  event: CloudEvent;
  delivery: Delivery;
  /** An operator wants it tried once more. */
  isRedrive: boolean;
}

/** Says on the active span, which is `inProcessSpan`'s, what came of an event. @param failure an error, or its code */
export function describeOutcome(outcome: Outcome, failure?: unknown): void {
  const span = trace.getActiveSpan();
  if (span === undefined) return;
  span.setAttribute('messaging.delivery.outcome', outcome);
  if (failure === undefined) return;
  recordFailure(span, failure, typeof failure === 'string' ? failure : undefined);
  // Also for an error that a request's caller would be to blame for.
  span.setStatus({ code: SpanStatusCode.ERROR });
}

const attributesOf = (operation: 'send' | 'process', system: EventBus['system'], event: CloudEvent): Attributes => ({
  'messaging.system': system,
  'messaging.operation.type': operation,
  'messaging.operation.name': operation,
  'messaging.destination.name': event.type,
  'messaging.message.id': event.id,
});
