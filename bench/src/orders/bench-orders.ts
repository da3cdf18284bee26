import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createGraphClient, openShop, startGraphProcesses } from '@tributary/chaos';
import { confirmationTimes } from './confirmation-times.ts';
import { countStatements } from './count-statements.ts';
import { cpuTimes } from './cpu-times.ts';
import { placeOrders } from './place-orders.ts';
import { printOrders } from './print-orders.ts';

const FLAGS = {
  orders: { type: 'string', default: '400' },
  customers: { type: 'string', default: '16' },
} as const;

const WARM_UP = 60;
/** What the paced run asks for, of what the first run reached. */
const PACE = 0.5;

/**
 * Orders from placeOrder to CONFIRMED, through the gateway, on PostgreSQL and NATS, one process a service: first as many
 * as go through, then at half of that pace, where waiting in line does not hide what an order takes.
 */
export async function benchOrders(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: FLAGS });
  const orders = Number(values.orders);
  const customers = Number(values.customers);
  const folder = mkdtempSync(join(tmpdir(), 'tributary-bench-'));
  {
    await using graph = await startGraphProcesses({
      folder,
      replicas: { orders: 1, inventory: 1, payments: 1, notifications: 1 },
      postgresSettings: { shared_preload_libraries: 'pg_stat_statements' },
      asInProduction: true,
    });
    const ask = createGraphClient(graph.gatewayUrl);
    const shop = await openShop(ask, { products: 12, stock: 100_000, customers, cards: ['tok_visa'] });
    const run = { ask, shop, adminUrl: graph.postgres.adminUrl };

    await placeOrders(run, { orders: WARM_UP });
    const statements = await countStatements(graph.postgres.adminUrl);
    const carts = await statements.during(() => placeOrders(run, { orders: WARM_UP, onlyCarts: true }));
    const before = cpuTimes(graph);
    const full = await statements.during(() => placeOrders(run, { orders }));
    const after = cpuTimes(graph);
    const paced = await placeOrders(run, { orders, perSecond: full.result.perSecond * PACE });
    printOrders({
      orders,
      customers,
      cartStatements: carts.perService,
      cartCalls: WARM_UP,
      statements: full.perService,
      cpuMs: new Map([...after].map(([name, ms]) => [name, ms - (before.get(name) ?? 0)])),
      full: { ...full.result, times: await confirmationTimes(run.adminUrl, full.result) },
      paced: { ...paced, times: await confirmationTimes(run.adminUrl, paced) },
    });
    await ask.close();
  }
  rmSync(folder, { recursive: true });
}
