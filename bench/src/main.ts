// `npm run bench -- WHAT`: measures on this machine, and prints what it measured.
import { benchGateways } from './gateways/bench-gateways.ts';
import { benchOrders } from './orders/bench-orders.ts';
import { benchPlanning } from './planning/bench-planning.ts';
import { benchSchema } from './schema/bench-schema.ts';
import { benchSubscriptions } from './subscriptions/bench-subscriptions.ts';
import { benchProtections } from './variants/bench-protections.ts';
import { benchTracing } from './variants/bench-tracing.ts';

const benchmarks: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  gateways: benchGateways,
  orders: benchOrders,
  planning: benchPlanning,
  protections: benchProtections,
  schema: benchSchema,
  subscriptions: benchSubscriptions,
  tracing: benchTracing,
};

const args = process.argv.slice(2);
const name = args[0] === undefined || args[0].startsWith('-') ? 'gateways' : args.shift();
const benchmark = benchmarks[name ?? ''];
if (benchmark === undefined) {
  console.error(`Usage: npm run bench [-- ${Object.keys(benchmarks).join('|')}] [flags]`);
  process.exit(2);
}
try {
  await benchmark(args);
} catch (error) {
  console.error(error);
  process.exit(1);
}
process.exit(0);
