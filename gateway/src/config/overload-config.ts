import { duration } from '@tributary/service-kit';
import { z } from 'zod';

/** How much is worked on at once, and what waits or is turned away beyond it (docs/edge/overload.md). */
export const overloadConfig = z
  .strictObject({
    /** Off where something in front of the gateway does it, and of the subgraphs. */
    enabled: z.boolean().default(true),
    /** `maximum` are in the gateway at once; how many of them may wait for its event loop is adapted, down to `minimum`. */
    requests: z
      .strictObject({
        /** Enough for 179 of whoever is turned away first, however slow the gateway is. */
        minimum: z.int().min(1).default(256),
        /** Memory: each takes some 50 KB and its answer. */
        maximum: z.int().min(1).default(1000),
      })
      .prefault({}),
    /**
     * To each subgraph, fetches under way: `subgraphRequest.connections` at most; fewer while more come than it can do, and
     * they wait for each other.
     */
    fetches: z
      .strictObject({
        enabled: z.boolean().default(true),
        /** Of so many one gateway may be, and the subgraph still be busy. */
        minimum: z.int().min(1).default(8),
        /**
         * How long a fetch waits to be sent where more come than the subgraph can do; one that would wait longer is not sent
         * at all. A burst that it works off waits up to the request's deadline.
         */
        maxWait: duration()
          .refine((ms) => ms > 0, 'expected more than 0s')
          .prefault('1s'),
      })
      .prefault({}),
  })
  .prefault({});
