import { z } from 'zod';

/** Answers in parts (docs/defer.md). */
export const incrementalDeliveryConfig = z
  .strictObject({
    /** `@defer` and `@stream` are in the schema. Off: documents with them are refused. */
    enabled: z.boolean().default(true),
  })
  .prefault({});
