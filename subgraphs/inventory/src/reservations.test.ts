import { newId } from '@tributary/service-kit';
import { eachEngine, until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestWarehouse, type TestWarehouse } from './testing/test-warehouse.ts';

eachEngine('reservations', (open) => {
  let warehouse: TestWarehouse;
  beforeAll(async () => {
    warehouse = await openTestWarehouse(await open());
  });
  afterAll(() => warehouse.stop());

  const outcome = async (name: string) => {
    const { values } = await warehouse.metrics.get('stock_reservations_total').get();
    return values.find(({ labels }) => labels.outcome === name)?.value ?? 0;
  };
  const figures = (onHand: number, reserved: number, sold: number) => ({
    ...{ onHand, reserved, sold, available: onHand - reserved - sold },
  });
  const bookOf = async (id: string) => {
    const document = `query ($id: ID!) { product(id: $id) { stockMovements(first: 9) {
      nodes { kind availableDelta reservedDelta soldDelta orderId actorId } } } }`;
    const { data } = await warehouse.query(document, { id }, { kind: 'user', userId: newId(), roles: ['admin'] });
    return data.product.stockMovements.nodes;
  };

  it('set all lines of an order aside, and sell them', async () => {
    const [one, two] = [await warehouse.product(10), await warehouse.product(5)];
    const before = [await outcome('reserved'), await outcome('confirmed')];
    const order = newId();
    await warehouse.hear('reservation.requested', order, [
      [two, 5],
      [one, 1],
      [one, 2],
    ]);
    expect(await warehouse.stockOf(one)).toEqual(figures(10, 3, 0));
    expect(await warehouse.stockOf(two)).toEqual(figures(5, 5, 0));
    await warehouse.hear('reservation.confirmed', order);
    expect(await warehouse.stockOf(one)).toEqual(figures(10, 0, 3));
    expect(await warehouse.stockOf(two)).toEqual(figures(5, 0, 5));
    expect(await warehouse.said(order)).toEqual(['stock.reserved']);
    expect([await outcome('reserved'), await outcome('confirmed')]).toEqual(before.map((count) => count + 1));
    const entry = { orderId: order, actorId: null };
    expect(await bookOf(one)).toMatchObject([
      { ...entry, kind: 'SOLD', availableDelta: 0, reservedDelta: -3, soldDelta: 3 },
      { ...entry, kind: 'RESERVED', availableDelta: -3, reservedDelta: 3, soldDelta: 0 },
      { kind: 'RESTOCKED' },
    ]);
  });

  it('are counted as stock-outs where they take the last one, once', async () => {
    const stockOuts = async () => (await warehouse.metrics.get('stock_outs_total').get()).values[0]?.value ?? 0;
    const [one, two] = [await warehouse.product(3), await warehouse.product(2)];
    const before = await stockOuts();
    const order = newId();
    const all: [string, number][] = [
      [one, 3],
      [two, 1],
    ];
    await warehouse.hear('reservation.requested', order, all);
    expect(await stockOuts()).toBe(before + 1);
    await warehouse.hear('reservation.requested', order, all);
    await warehouse.hear('reservation.requested', newId(), [[two, 2]]);
    await warehouse.hear('reservation.confirmed', order);
    expect(await stockOuts()).toBe(before + 1);
    await warehouse.hear('reservation.requested', newId(), [[two, 1]]);
    expect(await stockOuts()).toBe(before + 2);
  });

  it('take nothing when one line does not fit', async () => {
    const [enough, scarce] = [await warehouse.product(10), await warehouse.product(1)];
    const inactive = await warehouse.product(10, { active: false });
    const before = await outcome('rejected');
    const cases = [
      [
        [enough, 2],
        [scarce, 2],
      ],
      [
        [enough, 2],
        [newId(), 1],
      ],
      [
        [enough, 2],
        [inactive, 1],
      ],
      [
        [enough, 6],
        [enough, 5],
      ],
      [[enough, 2 ** 31 - 1]],
      [],
    ] as const;
    for (const lines of cases) {
      const order = newId();
      await warehouse.hear('reservation.requested', order, lines);
      expect(await warehouse.said(order)).toEqual(['stock.rejected']);
      await warehouse.hear('reservation.confirmed', order);
      await warehouse.hear('return.requested', order, lines);
      await warehouse.hear('reservation.released', order);
    }
    for (const [id, count] of [[enough, 10] as const, [scarce, 1] as const, [inactive, 10] as const]) {
      expect(await warehouse.stockOf(id)).toEqual(figures(count, 0, 0));
    }
    expect(await outcome('rejected')).toBe(before + cases.length);
  });

  it('that cannot be made are refused with what is short, each product once', async () => {
    const [enough, scarce, none] = [await warehouse.product(10), await warehouse.product(1), await warehouse.product()];
    const [inactive, unknown] = [await warehouse.product(10, { active: false }), newId()];
    const order = newId();
    await warehouse.hear('reservation.requested', order, [
      [enough, 10],
      [scarce, 1],
      [none, 1],
      [inactive, 3],
      [unknown, 4],
      [scarce, 1],
    ]);
    const [said] = (await warehouse.published()).filter(({ subject }) => subject === order);
    const products = [
      { productId: scarce, requested: 2, available: 1 },
      { productId: none, requested: 1, available: 0 },
      { productId: inactive, requested: 3, available: 0 },
      { productId: unknown, requested: 4, available: 0 },
    ];
    const sorted = products.toSorted((a, b) => (a.productId < b.productId ? -1 : 1));
    expect(said).toMatchObject({ type: 'inventory.stock.rejected.v1', data: { orderId: order, products: sorted } });
  });

  it('go back when they are released, before or after the sale, once', async () => {
    const product = await warehouse.product(10);
    for (const confirmed of [false, true]) {
      const order = newId();
      await warehouse.hear('reservation.requested', order, [[product, 4]]);
      if (confirmed) await warehouse.hear('reservation.confirmed', order);
      await warehouse.hear('reservation.released', order);
      await warehouse.hear('reservation.released', order);
      await warehouse.hear('reservation.confirmed', order);
      await warehouse.hear('return.requested', order, [[product, 1]]);
      expect(await warehouse.stockOf(product)).toEqual(figures(10, 0, 0));
    }
  });

  it('are not made for an order that was released before', async () => {
    const product = await warehouse.product(10);
    const order = newId();
    await warehouse.hear('reservation.released', order);
    await warehouse.hear('reservation.requested', order, [[product, 4]]);
    await warehouse.hear('reservation.confirmed', order);
    expect(await warehouse.stockOf(product)).toEqual(figures(10, 0, 0));
    expect(await warehouse.said(order)).toEqual([]);
  });

  it.each([
    { taken: 'twice', lines: 1, back: 3, twice: false },
    { taken: 'once for a message that comes twice', lines: 1, back: 2, twice: true },
    { taken: 'no more than was bought', lines: 9, back: 4, twice: false },
  ])('are taken back $taken', async ({ lines, back, twice }) => {
    const product = await warehouse.product(10);
    const other = await warehouse.product(10);
    const order = newId();
    await warehouse.hear('reservation.requested', order, [[product, 4]]);
    await warehouse.hear('reservation.confirmed', order);
    const event = { type: 'orders.return.requested.v1', subject: order, id: newId() };
    const data = (quantity: number) => ({ orderId: order, lines: [{ productId: product, quantity }] });
    await warehouse.deliver({ ...event, data: data(2) });
    expect(await warehouse.stockOf(product)).toEqual(figures(10, 0, 2));
    await warehouse.deliver({ ...event, ...(twice ? {} : { id: newId() }), data: data(lines) });
    expect(await warehouse.stockOf(product)).toEqual(figures(10, 0, 4 - back));
    await warehouse.hear('return.requested', order, [[other, 1]]);
    expect(await warehouse.stockOf(other)).toEqual(figures(10, 0, 0));
    // The rest goes back when the order ends after all, and not what is back already.
    await warehouse.hear('reservation.released', order);
    expect(await warehouse.stockOf(product)).toEqual(figures(10, 0, 0));
  });

  it('end the same in whatever order, and however often, the messages come', async () => {
    const product = await warehouse.product(10);
    const permutations = (items: string[]): string[][] =>
      items.length < 2
        ? [items]
        : items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
    for (const steps of permutations(['reservation.requested', 'reservation.confirmed', 'reservation.released'])) {
      const order = newId();
      const ids = new Map(steps.map((step) => [step, newId()]));
      for (const step of [...steps, ...steps.toReversed(), ...steps]) {
        const lines = [{ productId: product, quantity: 3 }];
        const data = { orderId: order, lines };
        await warehouse.deliver({ type: `orders.${step}.v1`, subject: order, data, id: ids.get(step) ?? '' });
      }
      expect(await warehouse.stockOf(product), steps.join()).toEqual(figures(10, 0, 0));
    }
    const order = newId();
    for (const step of ['reservation.requested', 'return.requested', 'reservation.confirmed']) {
      await warehouse.hear(step, order, [[product, 3]]);
    }
    expect(await warehouse.stockOf(product)).toEqual(figures(10, 0, 0));
  });

  it('are asked for once: a second request for an order changes nothing', async () => {
    const product = await warehouse.product(10);
    const order = newId();
    await warehouse.hear('reservation.requested', order, [[product, 1]]);
    await warehouse.hear('reservation.requested', order, [[product, 5]]);
    expect(await warehouse.stockOf(product)).toEqual(figures(10, 1, 0));
    expect(await warehouse.said(order)).toEqual(['stock.reserved']);
  });
});

eachEngine('reservations that nobody confirms', (open) => {
  it('expire, and a confirmation that comes too late sells nothing', async () => {
    await using database = await open();
    await using warehouse = await openTestWarehouse(database, {
      reservations: { lifetime: '1ms', sweepEvery: '10ms' },
    });
    const product = await warehouse.product(1);
    const [late, next] = [newId(), newId()];
    await warehouse.hear('reservation.requested', late, [[product, 1]]);
    await until('the expiry', async () => (await warehouse.said(late)).includes('reservation.expired'));
    expect(await warehouse.stockOf(product)).toEqual({ onHand: 1, reserved: 0, sold: 0, available: 1 });

    await warehouse.hear('reservation.requested', next, [[product, 1]]);
    await warehouse.hear('reservation.confirmed', late);
    await warehouse.hear('reservation.released', late);
    await warehouse.hear('reservation.requested', late, [[product, 1]]);
    await until('the second expiry', async () => (await warehouse.said(next)).includes('reservation.expired'));
    expect(await warehouse.stockOf(product)).toEqual({ onHand: 1, reserved: 0, sold: 0, available: 1 });
    expect(await warehouse.said(late)).toEqual(['stock.reserved', 'reservation.expired']);
  });

  it('live as long as they were told to', async () => {
    await using database = await open();
    await using warehouse = await openTestWarehouse(database, {
      reservations: { lifetime: '1h', sweepEvery: '10ms' },
    });
    const product = await warehouse.product(3);
    const [overdue, fresh] = [newId(), newId()];
    for (const order of [overdue, fresh]) await warehouse.hear('reservation.requested', order, [[product, 1]]);
    await warehouse.database.db.execute(
      `update inventory.reservations set expires_at = expires_at - interval '61 minutes' where order_id = '${overdue}'`,
    );
    await until('the expiry', async () => (await warehouse.said(overdue)).includes('reservation.expired'));
    expect(await warehouse.said(fresh)).toEqual(['stock.reserved']);
    expect(await warehouse.stockOf(product)).toEqual({ onHand: 3, reserved: 1, sold: 0, available: 2 });
  });
});
