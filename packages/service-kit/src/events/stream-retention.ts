/**
 * How long the broker keeps an event. A consumer that is made anew there reads from the stream's start, so each event of
 * this age may arrive once more.
 */
export const STREAM_RETENTION_MS = 7 * 86_400_000;
