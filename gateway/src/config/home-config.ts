import { z } from 'zod';

/** The start page. */
export const homeConfig = z
  .strictObject({
    title: z.string().default('GraphQL gateway'),
    links: z
      .array(z.strictObject({ title: z.string(), href: z.string(), description: z.string().default('') }))
      .default([]),
    /** Folder of known operations, `<app>/<name>.graphql`: shown as examples, and named in metrics. */
    documents: z.string().optional(),
  })
  .prefault({});
