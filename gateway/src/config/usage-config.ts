import { duration, secret } from '@tributary/service-kit';
import { z } from 'zod';

const HOUR_MS = 3_600_000;

/** What operations use of the schema, counted for `graph usage` (docs/usage.md). */
export const usageConfig = z
  .strictObject({
    store: z.enum(['none', 'files', 'postgres']).default('none'),
    /** For `files`. Several gateways may share it. */
    folder: z.string().min(1).optional(),
    /** For `postgres`: `postgres://usage:password@host:5432/database`. */
    url: secret().optional(),
    /** A gateway that is killed loses what it has counted since. Counts belong to the hour in which they are flushed. */
    flushEvery: duration().prefault('60s'),
    /** Older counts are deleted. More than a year: some things are asked for once a year. */
    keep: duration().prefault('400d'),
  })
  .refine(({ store, folder }) => (store === 'files') === (folder !== undefined), {
    path: ['folder'],
    error: 'expected a folder with the store files, and with no other',
  })
  .refine(({ store, url }) => (store === 'postgres') === (url !== undefined), {
    path: ['url'],
    error: 'expected a postgres:// URL with the store postgres, and with no other',
  })
  .refine(({ flushEvery }) => flushEvery > 0 && flushEvery <= HOUR_MS, {
    path: ['flushEvery'],
    error: 'expected more than 0s, and 1h at most',
  })
  .prefault({});

export type UsageConfig = z.output<typeof usageConfig>;
