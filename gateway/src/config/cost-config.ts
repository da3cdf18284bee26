import { z } from 'zod';
import { MAX_COST } from './max-cost.ts';

/** What operations may cost, by `@cost` and `@listSize` of the supergraph (docs/edge/cost.md). */
export const costConfig = z
  .strictObject({
    /** `measure`: nothing is refused, costs are only told and counted. */
    mode: z.enum(['enforce', 'measure', 'off']).default('enforce'),
    /** Objects that one request may ask for, about. */
    maxPerRequest: z.int().min(1).max(MAX_COST).default(50_000),
    /** Of a list of which the supergraph does not say how long it gets. */
    assumedListSize: z.int().min(0).default(10),
  })
  .prefault({});

export type CostConfig = z.output<typeof costConfig>;
