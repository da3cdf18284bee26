import { z } from 'zod';

/** Several operations in one request. Off: it multiplies what one request may cost. */
export const batchingConfig = z
  .strictObject({
    enabled: z.boolean().default(false),
    /** Each is limited, and counted, as if it came alone. */
    maxOperations: z.int().min(1).max(100).default(10),
  })
  .prefault({});

export type BatchingConfig = z.output<typeof batchingConfig>;
