const HOUR_MS = 3_600_000;

/** The start of the hour (UTC) that a time is in. */
export const hourOf = (time: Date): Date => new Date(Math.floor(time.getTime() / HOUR_MS) * HOUR_MS);
