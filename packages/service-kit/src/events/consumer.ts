import { context, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import type { Database, Db } from '../database/database.ts';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { startEntrySpan } from '../tracing/context.ts';
import type { CloudEvent, EventDefinition } from './event.ts';
import type { EventBus } from './event-bus.ts';
import type { EventTables } from './event-tables.ts';

/** What a service does about one type of event, in one transaction with the record that it has. */
export interface EventHandler {
  type: string;
  handle(event: CloudEvent, tx: Db): Promise<void>;
}

/** Binds a handler to an event type; data that does not fit the consumer's schema is an error. */
export const onEvent = <T>(
  definition: EventDefinition<T>,
  handle: (event: CloudEvent<T>, tx: Db) => Promise<void>,
): EventHandler => ({
  type: definition.type,
  handle: (event, tx) => handle({ ...event, data: definition.data.parse(event.data) }, tx),
});

export interface ConsumerOptions {
  /** Name of the consumer: the service. */
  consumer: string;
  handlers: readonly EventHandler[];
  database: Database;
  table: EventTables['inbox'];
  bus: EventBus;
  log: Logger;
  metrics: Metrics;
  tracer: Tracer;
}

/** Subscribes `handlers`: each event takes effect once, in the trace of the request that caused it. */
export function startConsumer(options: ConsumerOptions): void {
  const { consumer, bus, database, table, log, tracer } = options;
  const consumed = options.metrics.get('events_consumed_total');
  const handlers = new Map(options.handlers.map((handler) => [handler.type, handler]));

  async function take(event: CloudEvent, handler: EventHandler): Promise<void> {
    const startedMs = performance.now();
    const fields = { event_id: event.id, event_type: event.type };
    try {
      const outcome = await database.transaction(async (tx) => {
        const first = await tx
          .insert(table)
          .values({ consumer, eventId: event.id })
          .onConflictDoNothing()
          .returning({ eventId: table.eventId });
        if (first.length === 0) return 'repeated';
        await handler.handle(event, tx);
        return 'handled';
      });
      consumed.inc({ consumer, type: event.type, outcome });
      log.info({ ...fields, outcome, duration_ms: Math.round(performance.now() - startedMs) }, 'event');
    } catch (error) {
      consumed.inc({ consumer, type: event.type, outcome: 'failed' });
      trace.getActiveSpan()?.setStatus({ code: SpanStatusCode.ERROR });
      log.error({ ...fields, err: error }, 'event handler failed');
      throw error;
    }
  }

  bus.subscribe({
    consumer,
    types: [...handlers.keys()],
    async handle(event) {
      const handler = handlers.get(event.type);
      if (handler === undefined) return;
      const entry = startEntrySpan(tracer, `process ${event.type}`, event.traceparent, {
        kind: SpanKind.CONSUMER,
        attributes: { 'messaging.operation.type': 'process', 'messaging.message.id': event.id },
      });
      try {
        await context.with(entry, () => take(event, handler));
      } finally {
        trace.getSpan(entry)?.end();
      }
    },
  });
}
