import { duration } from '@tributary/service-kit';
import { z } from 'zod';
import type { ResilienceOptions } from '../resilience/resilience-options.ts';

/** How failures of subgraphs are met (docs/edge/sick-subgraphs.md). */
export const resilienceConfig = z
  .strictObject({
    breaker: z
      .strictObject({
        /** Off where a mesh does it, which knows hosts but no types. */
        enabled: z.boolean().default(true),
        /** Opens when so much of what was asked in `window` failed: half of it. */
        failureShare: z.number().gt(0).max(1).default(0.5),
        /** Of fewer fetches in `window` nothing is concluded. So many may be under way to a subgraph that hangs. */
        minimumFetches: z.int().min(1).default(8),
        window: duration()
          .refine((ms) => ms >= 1000, 'expected 1s or more')
          .prefault('10s'),
      })
      .prefault({}),
    /** Queries that may be sent to a subgraph once more, as a share of all that it is sent; `0`: none. */
    retryShare: z.number().min(0).max(1).default(0.1),
  })
  .prefault({});

export const resilienceOptions = ({ breaker, retryShare }: z.output<typeof resilienceConfig>): ResilienceOptions => {
  const { window: windowMs, ...others } = breaker;
  return { breaker: { ...others, windowMs }, retryShare };
};
