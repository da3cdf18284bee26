import type { LogPosition } from '@tributary/service-kit';

const FORM = /^(\w{1,32})-(\d{1,15})$/;

/** A place in the log of events as clients get it, to go on behind it. They need not know what it means. */
export const eventIdOf = ({ log, sequence }: LogPosition): string => `${log}-${sequence}`;

/** Whether it could be one of ours; that it is still known shows when its events are looked for. */
export const isEventId = (value: unknown): value is string => typeof value === 'string' && FORM.test(value);

export function positionOf(eventId: string): LogPosition | undefined {
  const [, log, sequence] = FORM.exec(eventId) ?? [];
  return log === undefined ? undefined : { log, sequence: Number(sequence) };
}
