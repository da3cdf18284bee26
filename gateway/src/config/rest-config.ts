import { z } from 'zod';

/** The REST API (docs/rest.md). Default: there is none. */
export const restConfig = z.strictObject({
  /** A folder of trusted documents, each bound to a path by `@rest`. Read at the start. */
  documents: z.string().min(1).optional(),
});
