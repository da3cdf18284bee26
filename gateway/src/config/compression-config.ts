import { z } from 'zod';

/** What is compressed on its way to a client (docs/edge/http.md). Compressed requests are always read. */
export const compressionConfig = z
  .strictObject({
    /** Answers of 2 KiB or more, for clients that accept zstd, br or gzip. Off where a proxy in front of it does so. */
    answers: z.boolean().default(true),
  })
  .prefault({});
