import { z } from 'zod';
import type { CloudEvent } from '../event.ts';

/** Visible ASCII: it becomes a part of subjects and lines of logs, and every database can store it. */
const name = () => z.string().regex(/^[!-~]{1,200}$/);

const envelope = z.object({
  specversion: z.literal('1.0'),
  id: z.uuid(),
  source: name(),
  type: name(),
  subject: name(),
  time: z.iso.datetime({ offset: true }),
  datacontenttype: z.literal('application/json').default('application/json'),
  traceparent: name().optional(),
  data: z.unknown(),
});

/**
 * Content mode of the CloudEvents binding for NATS: structured. The body alone is the event, so what an operator reads
 * from the stream, what a dead letter keeps and what is published again is one and the same text. In binary mode the
 * attributes would be percent-encoded headers beside it.
 *
 * Source: CloudEvents 1.0, "NATS Protocol Binding", 3.2.
 */
export const CONTENT_TYPE = 'application/cloudevents+json';

export const eventBody = (event: CloudEvent): string => JSON.stringify(event);

/** The event that a body holds, or undefined when it is none; extensions that we do not know are left out. */
export function parseEvent(body: string): CloudEvent | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return undefined;
  }
  const { data } = envelope.safeParse(json);
  if (data === undefined) return undefined;
  const { traceparent, ...event } = data;
  return traceparent === undefined ? event : { ...event, traceparent };
}
