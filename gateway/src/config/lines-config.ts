import { z } from 'zod';

/**
 * The API's version lines (docs/api-versions.md). Default: there are none, and the gateway serves the whole supergraph at
 * `/graphql`.
 */
export const linesConfig = z
  .strictObject({
    /** The table of lines, as `graph line` writes it: `schema/lines.yaml`. Watched. */
    file: z.string().min(1),
    /** Where people read what becomes of a version that ends: an address, or a path of this server. Default: its start page. */
    documentation: z
      .string()
      .regex(/^(https?:\/\/[^\s<>"]+|\/[^\s<>"]*)$/, 'expected a URL, or a path such as /')
      .default('/#versions'),
  })
  .optional();
