import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@tributary/service-kit/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type GraphProcesses, startGraphProcesses } from './graph/graph-processes.ts';
import { documents } from './load/documents.ts';
import { createGraphClient } from './load/graph-client.ts';
import { openShop, type Shop } from './load/shop.ts';

const isMissing = inject('postgresAdminUrl') === undefined || inject('natsServer') === undefined;
const OUTAGE_MS = 60_000;
const ADDRESS = { recipient: 'A customer', line1: 'Street 1', postalCode: '10115', city: 'Berlin', country: 'DE' };

describe.skipIf(isMissing)('while the broker is away', () => {
  let folder: string;
  let graph: GraphProcesses;
  let ask: ReturnType<typeof createGraphClient>;
  let shop: Shop;
  let database: pg.Client;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tributary-outage-'));
    graph = await startGraphProcesses({
      folder,
      asInProduction: true,
      replicas: { orders: 1, inventory: 1, payments: 1, notifications: 1 },
    });
    ask = createGraphClient(graph.gatewayUrl);
    shop = await openShop(ask, { products: 2, stock: 1000, customers: 4, cards: ['tok_visa'] });
    database = new pg.Client({ connectionString: graph.postgres.adminUrl });
    await database.connect();
  });
  afterAll(async () => {
    await database?.end();
    await ask?.close();
    await graph?.stop();
    rmSync(folder, { recursive: true });
  });

  const count = async (sql: string) =>
    Number((await database.query(`select count(*) as count from ${sql}`)).rows[0].count);
  const unpublished = () => count('orders.outbox where published_at is null');

  async function order(customer: Shop['customers'][number]): Promise<string> {
    await ask(documents.addToCart, { input: { productId: shop.productIds[0], quantity: 1 } }, customer.accessToken);
    const input = {
      idempotencyKey: randomUUID(),
      paymentMethodId: customer.methods.get('tok_visa'),
      shippingAddress: ADDRESS,
    };
    const { placeOrder } = await ask(documents.placeOrder, { input }, customer.accessToken);
    return placeOrder.order.status;
  }

  test('orders are taken, wait in the outbox, and are paid once it is back', async () => {
    await graph.broker.stop();
    const endsAt = performance.now() + OUTAGE_MS;
    const answers: string[] = [];
    await Promise.all(
      shop.customers.map(async (customer) => {
        while (performance.now() < endsAt) answers.push(await order(customer));
      }),
    );
    expect(answers.length).toBeGreaterThan(4);
    // Nothing could be heard of stock: said as it is, after a moment.
    expect(new Set(answers)).toEqual(new Set(['PLACED']));
    // Placed, to be reserved, and changed.
    expect(await unpublished()).toBe(3 * answers.length);
    const waitingSince = await database.query(
      'select min(time) < now() - $1::interval as long from orders.outbox where published_at is null',
      [`${OUTAGE_MS / 2} milliseconds`],
    );
    expect(waitingSince.rows).toEqual([{ long: true }]);

    await graph.broker.start();
    // Each of an order's steps waits for the broker once: what is waited for between two attempts adds up.
    await until(
      'all to be paid',
      async () => (await count(`orders.orders where status = 'PAID'`)) === answers.length,
      30_000,
    );
    expect(await count('orders.orders')).toBe(answers.length);
    await until('an empty outbox', async () => (await unpublished()) === 0);
  }, 150_000);
});
