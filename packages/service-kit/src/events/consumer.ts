import { context, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { and, eq } from 'drizzle-orm';
import { ZodError } from 'zod';
import type { Database, Db } from '../database/database.ts';
import type { Component } from '../lifecycle/lifecycle.ts';
import type { Job } from '../lifecycle/periodic-job.ts';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { startEntrySpan } from '../tracing/context.ts';
import { createDeadLetters, type DeadLetterReason, idOfMessage } from './dead-letters.ts';
import type { CloudEvent, EventDefinition } from './event.ts';
import type { Delivery, EventBus } from './event-bus.ts';
import type { EventTables } from './event-tables.ts';

/** What a service does about one type of event, in one transaction with the record that it has. */
export interface EventHandler {
  type: string;
  handle(event: CloudEvent, tx: Db): Promise<void>;
}

/** Binds a handler to an event type; data that does not fit the consumer's schema makes the event a dead letter. */
export const onEvent = <T>(
  definition: EventDefinition<T>,
  handle: (event: CloudEvent<T>, tx: Db) => Promise<void>,
): EventHandler => ({
  type: definition.type,
  handle: (event, tx) => handle({ ...event, data: readData(definition, event) }, tx),
});

export interface ConsumerOptions {
  /** Name of the consumer: the service. */
  consumer: string;
  handlers: readonly EventHandler[];
  database: Database;
  tables: EventTables;
  bus: EventBus;
  /** After so many failures an event is a dead letter. */
  maxAttempts: number;
  log: Logger;
  metrics: Metrics;
  tracer: Tracer;
}

export interface Consumer extends Component {
  /** Tries once more what an operator wants back. */
  redrive: Job;
}

/** A handler that takes longer has failed; below the time after which a broker delivers again. */
export const HANDLER_TIMEOUT_MS = 10_000;
/** From then on a delivery counts as a failure before it begins: the event may be what kills the process. */
const SUSPECT_AFTER = 3;
const REDRIVE_EVERY_MS = 2000;
const REDRIVE_BATCH = 20;

/**
 * Subscribes `handlers`: each event takes effect once, in the trace of the request that caused it. An event that fails
 * is asked for again; its failures are counted in the database, which makes it a dead letter in the end. While the
 * database is down nothing is counted, so that an outage makes no dead letters.
 */
export function createConsumer(options: ConsumerOptions): Consumer {
  const { consumer, bus, tables, log, tracer } = options;
  const consumed = options.metrics.get('events_consumed_total');
  const handlers = new Map(options.handlers.map((handler) => [handler.type, handler]));
  const letters = createDeadLetters({ ...options, table: tables.deadLetters });
  observeDeadLetters(options, letters.count);

  async function take(event: CloudEvent, { attempt }: Delivery): Promise<void> {
    const startedMs = performance.now();
    const fields = { event_id: event.id, event_type: event.type };
    const handler = handlers.get(event.type);
    if (handler === undefined) return failed(event, 'UNKNOWN_TYPE');
    const isSuspect = attempt > SUSPECT_AFTER;
    if (isSuspect && (await count(event, 'HANDLER_FAILED')) === 'DEAD') return gaveUp(event, 'HANDLER_FAILED');
    try {
      const outcome = await inTime(handleOnce(options, event, handler));
      consumed.inc({ consumer, type: event.type, outcome });
      log.info({ ...fields, outcome, duration_ms: Math.round(performance.now() - startedMs) }, 'event');
    } catch (error) {
      trace.getActiveSpan()?.setStatus({ code: SpanStatusCode.ERROR });
      if (error instanceof EventDataError) return failed(event, 'INVALID_DATA', error);
      if (!isSuspect) return failed(event, 'HANDLER_FAILED', error);
      toBeTriedAgain(event, error);
    }
  }

  const count = (event: CloudEvent, reason: DeadLetterReason, error?: unknown) =>
    letters.record({ eventId: event.id, type: event.type, body: JSON.stringify(event), reason, error });

  /** Resolves when the event is a dead letter now; throws when it is to be tried again. */
  async function failed(event: CloudEvent, reason: DeadLetterReason, error?: unknown): Promise<void> {
    const state = await count(event, reason, error).catch((cause: unknown) =>
      log.error({ event_id: event.id, err: cause }, 'failure of an event not counted'),
    );
    if (state === 'DEAD') gaveUp(event, reason, error);
    else toBeTriedAgain(event, error ?? new Error('the event could not be kept'));
  }

  function gaveUp({ id, type }: CloudEvent, reason: DeadLetterReason, error?: unknown): void {
    consumed.inc({ consumer, type: handlers.has(type) ? type : 'unknown', outcome: 'dead_lettered' });
    log.error({ event_id: id, event_type: type, reason, err: error }, 'event given up: it is a dead letter');
  }

  function toBeTriedAgain({ id, type }: CloudEvent, error: unknown): never {
    consumed.inc({ consumer, type: handlers.has(type) ? type : 'unknown', outcome: 'failed' });
    log.error({ event_id: id, event_type: type, err: error }, 'event handler failed');
    throw error;
  }

  function inTrace(event: CloudEvent, delivery: Delivery): Promise<void> {
    const entry = startEntrySpan(tracer, `process ${event.type}`, event.traceparent, {
      kind: SpanKind.CONSUMER,
      attributes: { 'messaging.operation.type': 'process', 'messaging.message.id': event.id },
    });
    return context.with(entry, () => take(event, delivery)).finally(() => trace.getSpan(entry)?.end());
  }

  async function refuse(body: string): Promise<void> {
    await letters.record({
      eventId: idOfMessage(body),
      type: null,
      body: body.replaceAll('\0', '�'),
      reason: 'MALFORMED',
    });
    consumed.inc({ consumer, type: 'unknown', outcome: 'dead_lettered' });
    log.error({ reason: 'MALFORMED' }, 'message given up: it is a dead letter');
  }

  return {
    name: 'consumer',
    start: () => bus.subscribe({ consumer, types: [...handlers.keys()], handle: inTrace, refuse }),
    redrive: {
      name: 'redrive dead letters',
      everyMs: REDRIVE_EVERY_MS,
      async run() {
        for (const { body, reason, eventId, type } of await letters.wanted(REDRIVE_BATCH)) {
          if (reason === 'MALFORMED') await letters.record({ eventId, type, body, reason });
          else await inTrace(JSON.parse(body), { attempt: 1 });
        }
      },
    },
  };
}

/** The record that the event is known, with the end of its dead letter, and its effect: one transaction. */
const handleOnce = ({ consumer, database, tables }: ConsumerOptions, event: CloudEvent, handler: EventHandler) =>
  database.transaction(async (tx) => {
    const { inbox, deadLetters } = tables;
    const settled = tx.$with('settled').as(
      tx
        .delete(deadLetters)
        .where(and(eq(deadLetters.consumer, consumer), eq(deadLetters.eventId, event.id)))
        .returning({ eventId: deadLetters.eventId }),
    );
    const first = await tx
      .with(settled)
      .insert(inbox)
      .values({ consumer, eventId: event.id })
      .onConflictDoNothing()
      .returning({ eventId: inbox.eventId });
    if (first.length === 0) return 'repeated';
    await handler.handle(event, tx);
    return 'handled';
  });

/** Data that its consumer cannot read, however often it comes. */
class EventDataError extends Error {}

function readData<T>({ type, data }: EventDefinition<T>, event: CloudEvent): T {
  try {
    return data.parse(event.data);
  } catch (error) {
    if (error instanceof ZodError) throw new EventDataError(`the data is not what ${type} has`, { cause: error });
    throw error;
  }
}

/** A transaction that comes to its end later takes effect all the same: the next delivery finds it in the inbox. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('the handler took too long')), HANDLER_TIMEOUT_MS);
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function observeDeadLetters({ consumer, metrics }: ConsumerOptions, count: () => Promise<number>): void {
  const gauge = metrics.get('events_dead_letters');
  metrics.beforeScrape(async () => gauge.set({ consumer }, await count()));
}
