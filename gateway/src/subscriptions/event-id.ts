import type { LogPosition } from '@tributary/service-kit';

const FORM = /^(\w{1,32})-(\d{1,15})$/;

/** A place in the log of events as clients get it, to go on behind it. They need not know what it means. */
export const eventIdOf = ({ log, sequence }: LogPosition): string => `${log}-${sequence}`;

/** What a client says in the place of the last one that it has, where it has none yet and means to come again. */
export const NO_EVENT_YET = '';

export function positionOf(eventId: string): LogPosition | undefined {
  const [, log, sequence] = FORM.exec(eventId) ?? [];
  return log === undefined ? undefined : { log, sequence: Number(sequence) };
}
