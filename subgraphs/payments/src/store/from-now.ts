import { type SQL, sql } from 'drizzle-orm';

/** A time by the database's clock: those of the instances may differ. */
export const fromNow = (ms: number): SQL => sql`now() + ${ms} * interval '1 millisecond'`;
