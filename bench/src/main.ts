// `npm run bench -- WHAT`: measures on this machine, and prints what it measured. It asserts nothing.
import { benchOrders } from './orders/bench-orders.ts';

const benchmarks: Readonly<Record<string, (args: string[]) => Promise<void>>> = { orders: benchOrders };

const [name = '', ...args] = process.argv.slice(2);
const benchmark = benchmarks[name];
if (benchmark === undefined) {
  console.error(`Usage: npm run bench -- ${Object.keys(benchmarks).join('|')}`);
  process.exit(2);
}
await benchmark(args);
process.exit(0);
