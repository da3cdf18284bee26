import { newId } from '@tributary/service-kit';
import { eachEngine, type TestDatabase, until } from '@tributary/service-kit/testing';
import { and, eq, inArray } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inventoryConfig } from './config.ts';
import { createReservations } from './domain/reservations.ts';
import { stockMovements } from './tables.ts';
import { openTestWarehouse, type TestWarehouse } from './testing/test-warehouse.ts';

// On PGlite, one connection, these say little; PostgreSQL is where it matters.
eachEngine('many at once', (open, engine) => {
  let database: TestDatabase;
  let warehouse: TestWarehouse;
  beforeAll(async () => {
    database = await open();
    warehouse = await openTestWarehouse(database, { reservations: { lifetime: '1ms', sweepEvery: '1h' } });
  });
  afterAll(() => warehouse.stop());

  const ordersOf = (count: number) => Array.from({ length: count }, newId);

  it('never get more than there is, and never wait for each other in a circle', async () => {
    const [one, two] = [await warehouse.product(7), await warehouse.product(100)];
    const orders = ordersOf(40);
    await Promise.all(
      orders.map((order, at) => {
        const lines = [[one, 1] as const, [two, 1] as const];
        return warehouse.hear('reservation.requested', order, at % 2 === 0 ? lines : lines.toReversed());
      }),
    );
    const answers = await Promise.all(orders.map((order) => warehouse.said(order)));
    expect(answers.filter(([answer]) => answer === 'stock.reserved')).toHaveLength(7);
    expect(answers.filter(([answer]) => answer === 'stock.rejected')).toHaveLength(33);
    expect(await warehouse.stockOf(one)).toEqual({ onHand: 7, reserved: 7, sold: 0, available: 0 });
    expect(await warehouse.stockOf(two)).toEqual({ onHand: 100, reserved: 7, sold: 0, available: 93 });
  });

  it('agree on one end when an order is requested, released and confirmed at the same time', async () => {
    const product = await warehouse.product(50);
    const orders = ordersOf(20);
    await Promise.all(
      orders.flatMap((order) =>
        ['reservation.requested', 'reservation.released', 'reservation.confirmed'].map((type) =>
          warehouse.hear(type, order, [[product, 1]]),
        ),
      ),
    );
    expect(await warehouse.stockOf(product)).toEqual({ onHand: 50, reserved: 0, sold: 0, available: 50 });
  });

  it('either sell or expire, with several instances that sweep', async () => {
    const product = await warehouse.product(60);
    const orders = ordersOf(30);
    for (const order of orders) await warehouse.hear('reservation.requested', order, [[product, 2]]);
    const sweeping = { reservations: { lifetime: '1ms', sweepEvery: '1ms' } };
    const sweepers = await Promise.all([openTestWarehouse(database, sweeping), openTestWarehouse(database, sweeping)]);
    await Promise.all(orders.map((order) => warehouse.hear('reservation.confirmed', order)));
    const left = await until('the last reservation to end', async () => {
      const stock = await warehouse.stockOf(product);
      return stock.reserved === 0 ? stock : undefined;
    });
    const said = (await Promise.all([warehouse, ...sweepers].map((server) => server.published()))).flat();
    const expired = new Set(
      said.filter(({ type }) => type === 'inventory.reservation.expired.v1').map(({ subject }) => subject),
    );
    const sold = orders.filter((order) => !expired.has(order)).length * 2;
    expect(left).toEqual({ onHand: 60, reserved: 0, sold, available: 60 - sold });
    for (const sweeper of sweepers) await sweeper.stop();
  });

  it('never both sell and expire, pair by pair', async () => {
    const count = engine === 'PGlite' ? 20 : 150;
    const product = await warehouse.product(count);
    const orders = ordersOf(count);
    for (const order of orders) await warehouse.hear('reservation.requested', order, [[product, 1]]);
    const config = inventoryConfig.parse({});
    const reservations = createReservations({ ...warehouse, config, emit: async () => {} });
    const { db, transaction } = warehouse.database;
    // All are overdue. Both sides begin with the oldest.
    const left = orders.values();
    const confirmNext = async () => {
      for (const order of left) await transaction((tx) => reservations.confirm(tx, order));
    };
    await Promise.all([1, 2, 3, 4].flatMap(() => [confirmNext(), reservations.expireOverdue()]));
    const kinds = await db
      .select({ orderId: stockMovements.orderId, kind: stockMovements.kind })
      .from(stockMovements)
      .where(and(eq(stockMovements.productId, product), inArray(stockMovements.kind, ['SOLD', 'EXPIRED'])));
    expect(new Set(kinds.map(({ orderId }) => orderId))).toEqual(new Set(orders));
    expect(kinds).toHaveLength(count);
    const sold = kinds.filter(({ kind }) => kind === 'SOLD').length;
    expect(await warehouse.stockOf(product)).toEqual({ onHand: count, reserved: 0, sold, available: count - sold });
    if (engine === 'PostgreSQL') expect(sold % count, 'a race that each has won at times').not.toBe(0);
  });

  it('restock and write off the same product without losing one', async () => {
    const productId = await warehouse.product(20);
    await Promise.all(
      Array.from({ length: 30 }, (_, at) =>
        at % 2 === 0
          ? warehouse.mutate('restock', { productId, quantity: 3 })
          : warehouse.mutate('adjustStock', { productId, delta: -1, reason: 'LOST' }),
      ),
    );
    expect(await warehouse.stockOf(productId)).toEqual({ onHand: 50, reserved: 0, sold: 0, available: 50 });
  });
});
