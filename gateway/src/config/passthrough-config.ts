import { z } from 'zod';
import { httpUrl } from './http-url.ts';

/** Requests that go on to a service as they are (docs/edge/http.md). */
export const passthroughRoute = z
  .strictObject({
    /** `/unsubscribe` for exactly this address, `/media/*` for everything below it. */
    path: z.string().regex(/^\/[\w.~/-]*[\w.~-](\/\*)?$/, 'expected a path such as /unsubscribe or /media/*'),
    /** A subgraph's name: requests go to the origin of its URL. */
    service: z.string().optional(),
    /** In place of `service`: the base URL of something that is not a subgraph. */
    url: httpUrl().optional(),
    methods: z
      .array(z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']))
      .min(1)
      .default(['GET']),
  })
  .refine(({ service, url }) => (service === undefined) !== (url === undefined), 'expected either service or url');

export type PassthroughRoute = z.output<typeof passthroughRoute>;
