import { benchGateways } from './gateways/bench-gateways.ts';
import { benchOrders } from './orders/bench-orders.ts';
import { benchPlanning } from './planning/bench-planning.ts';
import { benchSchema } from './schema/bench-schema.ts';
import { benchSubscriptions } from './subscriptions/bench-subscriptions.ts';
import { benchProtections } from './variants/bench-protections.ts';
import { benchTracing } from './variants/bench-tracing.ts';

/** What `npm run bench -- NAME` runs, with the flags behind the name. */
export const benchmarks: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  gateways: benchGateways,
  orders: benchOrders,
  planning: benchPlanning,
  protections: benchProtections,
  schema: benchSchema,
  subscriptions: benchSubscriptions,
  tracing: benchTracing,
};
