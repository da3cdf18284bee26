import type { Tracer } from '@opentelemetry/api';
import { and, eq } from 'drizzle-orm';
import { ZodError } from 'zod';
import type { Database, Db } from '../database/database.ts';
import type { Component } from '../lifecycle/lifecycle.ts';
import type { Job } from '../lifecycle/periodic-job.ts';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { createDeadLetters, type Failure, idOfMessage, type Message } from './dead-letters.ts';
import type { CloudEvent, EventDefinition } from './event.ts';
import type { Delivery, EventBus } from './event-bus.ts';
import { describeOutcome, inProcessSpan } from './event-spans.ts';
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
/** Later deliveries are counted before they begin: the event may be what kills the process. */
const SUSPECT_AFTER = 3;
const REDRIVE_EVERY_MS = 2000;
const REDRIVE_BATCH = 20;
const NO_EVENT: Failure = { reason: 'MALFORMED', isCounted: false };

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
    const message = { eventId: event.id, type: event.type, body: JSON.stringify(event) };
    const handler = handlers.get(event.type);
    if (handler === undefined) return failed(message, { reason: 'UNKNOWN_TYPE', isCounted: false });
    const isSuspect = attempt > SUSPECT_AFTER;
    try {
      if (isSuspect && !(await mayBegin(message))) return;
      const outcome = await inTime(handleOnce(options, event, handler));
      consumed.inc({ consumer, type: event.type, outcome });
      describeOutcome(outcome);
      const durationMs = Math.round(performance.now() - startedMs);
      log.info({ event_id: event.id, event_type: event.type, outcome, duration_ms: durationMs }, 'event');
    } catch (error) {
      const reason = error instanceof EventDataError ? 'INVALID_DATA' : 'HANDLER_FAILED';
      return failed(message, { reason, error, isCounted: isSuspect });
    }
  }

  /** Otherwise the delivery is done: what is given up stays so, and what an operator wants back, the redrive tries. */
  async function mayBegin(message: Message): Promise<boolean> {
    const state = await letters.begin(message);
    if (state === 'DEAD') gaveUp(message, { reason: 'HANDLER_FAILED' });
    return state === 'RETRYING';
  }

  /** Resolves when the message is a dead letter now; throws when it is to be tried again. */
  async function failed(message: Message, failure: Failure): Promise<void> {
    const state = await letters
      .record(message, failure)
      .catch((cause: unknown) => log.error({ event_id: message.eventId, err: cause }, 'failure of an event not kept'));
    if (state === 'DEAD') gaveUp(message, failure);
    else toBeTriedAgain(message, failure.error ?? new Error('the event could not be kept'));
  }

  function gaveUp({ eventId, type }: Message, { reason, error }: Pick<Failure, 'reason' | 'error'>): void {
    consumed.inc({ consumer, type: labelOf(type), outcome: 'dead_lettered' });
    describeOutcome('dead_lettered', error ?? reason);
    log.error({ event_id: eventId, event_type: type, reason, err: error }, 'event given up: it is a dead letter');
  }

  function toBeTriedAgain({ eventId, type }: Message, error: unknown): never {
    consumed.inc({ consumer, type: labelOf(type), outcome: 'failed' });
    describeOutcome('failed', error);
    log.error({ event_id: eventId, event_type: type, err: error }, 'event handler failed');
    throw error;
  }

  const labelOf = (type: string | null) => (type !== null && handlers.has(type) ? type : 'unknown');

  const inTrace = (event: CloudEvent, delivery: Delivery, isRedrive: boolean): Promise<void> =>
    inProcessSpan(tracer, { system: bus.system, consumer, event, delivery, isRedrive }, () => take(event, delivery));

  // PostgreSQL stores no NUL.
  const refuse = (body: string) =>
    failed({ eventId: idOfMessage(body), type: null, body: body.replaceAll('\0', '\ufffd') }, NO_EVENT);

  return {
    name: 'consumer',
    start: () =>
      bus.subscribe({
        consumer,
        types: [...handlers.keys()],
        handle: (event, delivery) => inTrace(event, delivery, false),
        refuse,
      }),
    redrive: {
      name: 'redrive dead letters',
      everyMs: REDRIVE_EVERY_MS,
      async run() {
        for (let turn = 0; turn < REDRIVE_BATCH; turn++) {
          const letter = await letters.claim();
          if (letter === undefined) return;
          const { eventId, type, body, reason } = letter;
          if (reason === 'MALFORMED') await failed({ eventId, type, body }, NO_EVENT);
          else await inTrace(JSON.parse(body), { attempt: 1 }, true);
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
class EventDataError extends Error {
  override readonly name = 'EventDataError';
}

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
  metrics.beforeScrape(async () => {
    const letters = await count().catch(() => undefined);
    // A number of before an outage of the database would look like one of now.
    if (letters === undefined) gauge.remove({ consumer });
    else gauge.set({ consumer }, letters);
  });
}
