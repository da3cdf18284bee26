import { type Tracer, trace } from '@opentelemetry/api';
import type { Database, Db } from '../../database/database.ts';
import type { CloudEvent } from '../../events/event.ts';
import type { EventBus } from '../../events/event-bus.ts';
import { inProcessBus } from '../../events/in-process-bus.ts';
import { createOutbox, type Outbox } from '../../events/outbox.ts';
import { createLogger } from '../../log/logger.ts';
import { createMetrics, type Metrics } from '../../metrics/metrics.ts';
import { notesEvents, noteWritten } from './notes.ts';

export interface NotesOutbox extends Outbox {
  metrics: Metrics;
  /** Writes a numbered event about `subject`, in a transaction of its own. */
  write(subject: string, number: number): Promise<void>;
}

/** The outbox of the notes, which hands its events to `publish`; without it, to nobody. */
export function notesOutbox(
  database: Database,
  publish?: (event: CloudEvent<{ number: number }>) => Promise<void>,
  pollMs = 50,
  link: Pick<EventBus, 'isUp' | 'onUp'> = inProcessBus(),
  tracer: Tracer = trace.getTracer('notes'),
): NotesOutbox {
  const metrics = createMetrics({ service: 'notes', processMetrics: false });
  const outbox = createOutbox({
    service: 'notes',
    database,
    table: notesEvents.outbox,
    bus: publish && ({ ...inProcessBus(), ...link, publish } as EventBus),
    log: createLogger({ service: 'notes', level: 'silent' }),
    metrics,
    tracer,
    pollMs,
  });
  const emit = (tx: Db, subject: string, number: number) => outbox.emit(tx, noteWritten, subject, { number });
  return { ...outbox, metrics, write: (subject, number) => database.transaction((tx) => emit(tx, subject, number)) };
}
