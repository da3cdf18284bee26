import type { z } from 'zod';

/** An event on its way, in the CloudEvents 1.0 JSON format. Its data holds ids and amounts, never personal data. */
export interface CloudEvent<T = unknown> {
  specversion: '1.0';
  /** UUIDv7 of the outbox row; consumers tell repetitions by it. */
  id: string;
  /** The producing service, `/orders`. */
  source: string;
  /** `<service>.<aggregate>.<what happened>.v<major>`, for example `orders.order.placed.v1`. */
  type: string;
  /** Id of the aggregate that it is about. Events of one subject are published in order; `EventBus` says how they come. */
  subject: string;
  time: string;
  datacontenttype: 'application/json';
  /** CloudEvents distributed tracing extension. */
  traceparent?: string;
  data: T;
}

/** A type of event and the shape of its data, as its producer writes or a consumer reads it. */
export interface EventDefinition<T> {
  type: string;
  data: z.ZodType<T>;
  /** What is published beside the shape; given by the producer alone. */
  published?: EventPublication;
}

export interface EventPublication {
  /** The field of the data whose value is the event's subject. */
  subject: string;
  /** What it means, in one sentence or two, for those who hear it. */
  description: string;
}

/** @param published by the producer: with it the type is published in its `events/`, as JSON Schema */
export const defineEvent = <T>(
  type: string,
  data: z.ZodType<T>,
  published?: { subject: keyof T & string; description: string },
): EventDefinition<T> => ({ type, data, ...(published && { published }) });
