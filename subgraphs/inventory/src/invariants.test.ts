import { createLogger, createMetrics, type Database, newId } from '@tributary/service-kit';
import { eachEngine, type TestDatabase } from '@tributary/service-kit/testing';
import { eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inventoryConfig } from './config.ts';
import { createReservations, type Reservations } from './domain/reservations.ts';
import { createStockKeeping, type StockKeeping } from './domain/stock-keeping.ts';
import { insertProduct } from './store/product-store.ts';
import { reservations as reservationsTable } from './tables.ts';
import { admin } from './testing/test-warehouse.ts';

const product = fc.nat(1);
const order = fc.nat(1);
const quantity = fc.integer({ min: 1, max: 6 });
const lines = fc.array(fc.record({ product, quantity }), { minLength: 1, maxLength: 3 });
const step = fc.oneof(
  fc.record({ do: fc.constant('restock' as const), product, quantity }),
  fc.record({ do: fc.constant('adjust' as const), product, delta: fc.integer({ min: -8, max: 8 }) }),
  fc.record({ do: fc.constant('request' as const), order, lines }),
  fc.record({ do: fc.constantFrom('confirm' as const, 'release' as const, 'expire' as const), order }),
  fc.record({ do: fc.constant('takeBack' as const), order, lines }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const WHAT_MAY_BE_SAID = [
  '',
  'inventory.stock.rejected.v1',
  'inventory.stock.reserved.v1',
  'inventory.stock.reserved.v1,inventory.reservation.expired.v1',
];

eachEngine('the stock', (open, engine) => {
  let opened: TestDatabase;
  let warehouse: Warehouse;
  beforeAll(async () => {
    opened = await open();
    warehouse = createWarehouse(await opened.open('inventory', new URL('..', import.meta.url)));
  });
  afterAll(() => opened.close());

  it('always adds up, whatever happens to it', { timeout: 120_000 }, async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25, size: 'max' }), async (steps) => {
      const { database, said } = warehouse;
      const products = [await newProduct(warehouse), await newProduct(warehouse)];
      const orders = [newId(), newId()];
      let before = await figuresOf(database, products);
      for (const next of steps) {
        await take(warehouse, next, products, orders);
        const after = await figuresOf(database, products);
        expectSound(after);
        if (next.do !== 'restock' && next.do !== 'adjust') {
          expect(onHand(after), 'how many there are, after a step of an order').toEqual(onHand(before));
        }
        if (isIdempotent(next)) {
          await take(warehouse, next, products, orders);
          expect(await figuresOf(database, products), 'after the same step once more').toEqual(after);
        }
        before = after;
      }
      for (const id of orders) expect(WHAT_MAY_BE_SAID).toContain((said.get(id) ?? []).join());
    });
    await fc.assert(property, { numRuns: engine === 'PGlite' ? 20 : 10 });
  });
});

/** The domain without a server: the inbox, which would hide a step that is repeated, is left out. */
interface Warehouse {
  database: Database;
  stockKeeping: StockKeeping;
  reservations: Reservations;
  /** What was said of each order. */
  said: Map<string, string[]>;
}

function createWarehouse(database: Database): Warehouse {
  const said = new Map<string, string[]>();
  const reservations = createReservations({
    database,
    log: createLogger({ service: 'inventory', level: 'silent' }),
    metrics: createMetrics({ service: 'inventory', processMetrics: false }),
    config: inventoryConfig.parse({}),
    emit: async (_tx, { type }, subject) => {
      said.set(subject, [...(said.get(subject) ?? []), type]);
    },
  });
  return { database, stockKeeping: createStockKeeping({ database }), reservations, said };
}

/** A return that is told twice is two returns, unless it is the same message, which the inbox knows. */
const isIdempotent = (next: Step) => !['restock', 'adjust', 'takeBack'].includes(next.do);

async function newProduct({ database, stockKeeping }: Warehouse): Promise<string> {
  const id = newId();
  const row = { id, sku: id, name: 'A thing', description: 'A thing', category: 'Things', priceMinor: 1 };
  await database.transaction((tx) =>
    insertProduct(tx, { ...row, currency: 'EUR', weightGrams: 1, images: [], active: true }),
  );
  await stockKeeping.restock(admin, { productId: id, quantity: 10 });
  return id;
}

async function take(
  { database, stockKeeping, reservations }: Warehouse,
  next: Step,
  products: readonly string[],
  orders: readonly string[],
): Promise<void> {
  const idOf = (at: number) => products[at] ?? '';
  if (next.do === 'restock') {
    await stockKeeping.restock(admin, { productId: idOf(next.product), quantity: next.quantity });
  } else if (next.do === 'adjust') {
    const input = { productId: idOf(next.product), delta: next.delta, reason: 'COUNT' } as const;
    await stockKeeping.adjust(admin, input).catch((error: Error) => expect(error.name).toBe('DomainError'));
  } else {
    const orderId = orders[next.order] ?? '';
    const asked = 'lines' in next ? next.lines.map((line) => ({ ...line, productId: idOf(line.product) })) : [];
    if (next.do === 'expire') {
      await database.db
        .update(reservationsTable)
        .set({ expiresAt: new Date(0) })
        .where(eq(reservationsTable.orderId, orderId));
      return reservations.expireOverdue();
    }
    await database.transaction((tx) => reservations[next.do as 'request'](tx, orderId, asked));
  }
}

interface Figures extends Record<'onHand' | 'reserved' | 'sold' | 'available', number> {
  /** What the stock book and the reservations make of it. */
  booked: Record<'reserved' | 'sold' | 'available', number>;
  inReservations: number;
  inSales: number;
}

async function figuresOf({ db }: Database, products: readonly string[]): Promise<Figures[]> {
  const ids = sql.join(
    products.map((id) => sql`${id}::uuid`),
    sql`, `,
  );
  const { rows } = (await db.execute(sql`
    select on_hand as "onHand", reserved, sold, available,
      (select jsonb_build_object('reserved', coalesce(sum(reserved_delta), 0), 'sold', coalesce(sum(sold_delta), 0),
        'available', coalesce(sum(available_delta), 0))
        from inventory.stock_movements m where m.product_id = s.product_id) as booked,
      (select coalesce(sum(quantity), 0)::int from inventory.reservation_lines l join inventory.reservations r
        using (order_id) where l.product_id = s.product_id and r.status = 'RESERVED') as "inReservations",
      (select coalesce(sum(quantity - returned), 0)::int from inventory.reservation_lines l join inventory.reservations r
        using (order_id) where l.product_id = s.product_id and r.status = 'CONFIRMED') as "inSales"
    from inventory.stock s where product_id in (${ids}) order by product_id`)) as unknown as { rows: Figures[] };
  return rows;
}

const onHand = (figures: readonly Figures[]) => figures.map((row) => row.onHand);

function expectSound(figures: readonly Figures[]): void {
  for (const { onHand: total, reserved, sold, available, booked, inReservations, inSales } of figures) {
    expect(reserved + sold + available).toBe(total);
    expect(Math.min(reserved, sold, available)).toBeGreaterThanOrEqual(0);
    expect(booked).toEqual({ reserved, sold, available });
    expect({ inReservations, inSales }).toEqual({ inReservations: reserved, inSales: sold });
  }
}
