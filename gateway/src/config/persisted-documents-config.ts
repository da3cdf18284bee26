import { bytes, duration } from '@tributary/service-kit';
import { z } from 'zod';

/** Documents that clients name by a hash or an id, and which ones they may send (docs/edge/persisted-documents.md). */
export const persistedDocumentsConfig = z
  .strictObject({
    /** Apollo's automatic persisted queries: what was sent once with its hash is known by it. */
    automatic: z
      .strictObject({
        enabled: z.boolean().default(true),
        /** Memory of each process for texts; the least recently used go first. 10,000 texts at most. Default: its share. */
        maxBytes: bytes().optional(),
      })
      .prefault({}),
    /** What happens to a document that is not trusted: it is executed; it is, and logged; it is refused. */
    mode: z.enum(['allow', 'log', 'only']).default('allow'),
    /** Trusted documents, `<app>/*.graphql`, and manifests; watched. Default: `home.documents`. */
    folder: z.string().min(1).optional(),
    /** Address of a manifest of trusted documents, which is polled. */
    manifest: z.url({ protocol: /^https?$/, error: 'expected an http:// or https:// URL' }).optional(),
    /** How often the manifest is asked for; the folder too, where its system tells of no changes. */
    poll: duration().prefault('10s'),
    /** Whether an application's documents are trusted from the client of that name alone. The name is not proven. */
    bindClient: z.boolean().default(false),
  })
  .refine(({ poll }) => poll > 0, { path: ['poll'], error: 'expected more than 0s' })
  .prefault({});

export type PersistedDocumentsConfig = z.output<typeof persistedDocumentsConfig>;
