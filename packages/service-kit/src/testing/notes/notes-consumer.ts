import { trace } from '@opentelemetry/api';
import type { Database, Db } from '../../database/database.ts';
import { type Consumer, createConsumer, onEvent } from '../../events/consumer.ts';
import type { CloudEvent } from '../../events/event.ts';
import type { EventBus, EventSubscription } from '../../events/event-bus.ts';
import { inProcessBus } from '../../events/in-process-bus.ts';
import { newId } from '../../http/new-id.ts';
import { createLogger } from '../../log/logger.ts';
import { createMetrics, type Metrics } from '../../metrics/metrics.ts';
import { enableContextPropagation } from '../../tracing/context.ts';
import { notes, notesEvents, noteWritten } from './notes.ts';

export const noteEvent = (number: unknown, id = newId()): CloudEvent => ({
  specversion: '1.0',
  id,
  source: '/notes',
  type: noteWritten.type,
  subject: 'n',
  time: new Date().toISOString(),
  datacontenttype: 'application/json',
  data: { number },
});

/** The effect of an event: a note with its number. */
export const addNote = async ({ data }: CloudEvent<{ number: number }>, tx: Db): Promise<void> =>
  void (await tx.insert(notes).values({ id: newId(), text: `${data.number}` }));

export interface NotesConsumer {
  bus: EventBus;
  metrics: Metrics;
  redrive: Consumer['redrive']['run'];
  /** Hands over an event, or what is none, as a broker does. */
  deliver: Pick<EventSubscription, 'handle' | 'refuse'>;
  /** What it logged. */
  lines(): Record<string, unknown>[];
  /** How often each outcome was counted. */
  outcomes(): Promise<Record<string, number>>;
}

/** A consumer of the notes' event, started. */
export async function notesConsumer(
  database: Database,
  { handle = addNote, name = 'reader', bus = inProcessBus(), maxAttempts = 12, tracer = trace.getTracer(name) } = {},
): Promise<NotesConsumer> {
  const written: string[] = [];
  const metrics = createMetrics({ service: name, processMetrics: false });
  enableContextPropagation();
  const { promise: subscribed, resolve } = Promise.withResolvers<EventSubscription>();
  const consumer = createConsumer({
    consumer: name,
    handlers: [onEvent(noteWritten, handle)],
    database,
    tables: notesEvents,
    bus: {
      ...bus,
      subscribe(subscription) {
        bus.subscribe(subscription);
        resolve(subscription);
      },
    },
    maxAttempts,
    log: createLogger({ service: name, destination: { write: (line) => written.push(line) } }),
    metrics,
    tracer,
  });
  await consumer.start?.();
  return {
    bus,
    metrics,
    redrive: consumer.redrive.run,
    deliver: await subscribed,
    lines: () => written.map((line) => JSON.parse(line)),
    async outcomes() {
      const counted = (await metrics.scrape()).matchAll(/outcome="(\w+)".*} (\d+)/g);
      return Object.fromEntries([...counted].map(([, outcome, times]) => [outcome, Number(times)]));
    },
  };
}
