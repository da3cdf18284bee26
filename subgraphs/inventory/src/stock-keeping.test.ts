import { type Identity, newId } from '@tributary/service-kit';
import { eachEngine } from '@tributary/service-kit/testing';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stockMovements } from './tables.ts';
import { admin, customer, openTestWarehouse, type TestWarehouse } from './testing/test-warehouse.ts';

const BOOK = `query ($id: ID!, $first: Int, $after: String) { product(id: $id) {
  stockMovements(first: $first, after: $after) {
    nodes { id kind availableDelta reservedDelta soldDelta reason note actorId orderId createdAt }
    edges { cursor node { id } } pageInfo { hasNextPage endCursor } } } }`;

eachEngine('stock', (open) => {
  let warehouse: TestWarehouse;
  /** The product whose stock a test has changed by hand. */
  let tampered: string = newId();
  beforeAll(async () => {
    warehouse = await openTestWarehouse(await open());
  });
  afterAll(() => warehouse.stop());

  const book = async (id: string, page: object = {}, identity: Identity = admin) => {
    const { data, errors } = await warehouse.query(BOOK, { id, ...page }, identity);
    return errors?.[0]?.extensions.code ?? data.product.stockMovements;
  };

  it('comes in and is corrected, and the book says by whom and why', async () => {
    const productId = await warehouse.product();
    const restocked = await warehouse.mutate('restock', { productId, quantity: 100, note: ' Delivery 7\nTwo boxes ' });
    expect(restocked.product).toMatchObject({
      ...{ available: 99, inStock: true, version: 1 },
      stock: { onHand: 100, reserved: 0, sold: 0, available: 100 },
    });
    const adjusted = await warehouse.mutate('adjustStock', { productId, delta: -30, reason: 'DAMAGED' });
    expect(adjusted.product).toMatchObject({ available: 70, stock: { onHand: 70, available: 70 } });
    await warehouse.mutate('adjustStock', { productId, delta: 2, reason: 'OTHER', note: 'A gift' });

    const entry = { reservedDelta: 0, soldDelta: 0, actorId: admin.userId, orderId: null };
    const { nodes } = await book(productId);
    expect(nodes).toMatchObject([
      { ...entry, kind: 'ADJUSTED', availableDelta: 2, reason: 'OTHER', note: 'A gift' },
      { ...entry, kind: 'ADJUSTED', availableDelta: -30, reason: 'DAMAGED', note: null },
      { ...entry, kind: 'RESTOCKED', availableDelta: 100, reason: null, note: 'Delivery 7\nTwo boxes' },
    ]);
    expect(await warehouse.said(productId)).toEqual(['product.changed']);
  });

  it('takes no more away than is available', async () => {
    const productId = await warehouse.product(10);
    await warehouse.hear('reservation.requested', newId(), [[productId, 4]]);
    const { product, errors } = await warehouse.mutate('adjustStock', { productId, delta: -7, reason: 'LOST' });
    expect(product).toBeNull();
    expect(errors).toEqual([{ __typename: 'InsufficientStockError', code: 'INSUFFICIENT_STOCK', available: 6 }]);
    const all = await warehouse.mutate('adjustStock', { productId, delta: -6, reason: 'LOST' });
    expect(all.product.stock).toEqual({ onHand: 4, reserved: 4, sold: 0, available: 0 });
  });

  it('has a book that the database lets nobody change', async () => {
    await warehouse.product(1);
    const { db } = warehouse.database;
    const before = await db.select().from(stockMovements);
    const code = (statement: string) => db.execute(sql.raw(statement)).catch((error) => error.cause.code);
    for (const statement of [
      'update inventory.stock_movements set available_delta = 0',
      'delete from inventory.stock_movements',
      'truncate inventory.stock_movements',
      'truncate inventory.products cascade',
    ]) {
      expect(await code(statement), statement).toBe('23001');
    }
    expect(await db.select().from(stockMovements)).toEqual(before);
  });

  it('has a book whose sums are the stock', async () => {
    await warehouse.product(12);
    const { rows } = (await warehouse.database.db.execute(sql`
      select count(*)::int as books, count(*) filter (where (s.reserved, s.sold, s.available, s.on_hand) is distinct from
        (m.reserved, m.sold, m.available, m.reserved + m.sold + m.available))::int as wrong
      from inventory.stock s join (select product_id, sum(reserved_delta) as reserved, sum(sold_delta) as sold,
        sum(available_delta) as available from inventory.stock_movements group by product_id) m using (product_id)
      where s.product_id <> ${tampered}`)) as unknown as { rows: { books: number; wrong: number }[] };
    expect(rows[0]?.books).toBeGreaterThan(3);
    expect(rows[0]?.wrong).toBe(0);
  });

  describe.each([
    ['restock', { quantity: 4 }, { quantity: 5 }],
    ['adjustStock', { delta: -4, reason: 'LOST' }, { delta: -4, reason: 'COUNT' }],
  ])('is changed once by %s with a key', (name, change, otherChange) => {
    const REUSED = [{ __typename: 'IdempotencyKeyReusedError', code: 'IDEMPOTENCY_KEY_REUSED' }];
    const keyed = (productId: string, input: object = change, key: string = newId()) => ({
      ...{ productId, idempotencyKey: key, note: 'Delivery 7' },
      ...input,
    });

    it('however often and at once it is sent, and the first answer comes again', async () => {
      const productId = await warehouse.product(10);
      const input = keyed(productId);
      const answers = await Promise.all(Array.from({ length: 10 }, () => warehouse.mutate(name, input)));
      await warehouse.mutate('restock', { productId, quantity: 100 });
      const renamed = await warehouse.mutate('updateProduct', { id: productId, expectedVersion: 1, name: 'Another' });
      expect(renamed.errors).toEqual([]);
      answers.push(await warehouse.mutate(name, input));
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      const onHand = name === 'restock' ? 14 : 6;
      expect(answers[0]).toMatchObject({ product: { name: 'A thing', version: 1, stock: { onHand } }, errors: [] });
      expect(await warehouse.stockOf(productId)).toMatchObject({ onHand: onHand + 100 });
    });

    it('and the answer shows the book as it was', async () => {
      const productId = await warehouse.product(10);
      const type = name === 'restock' ? 'RestockInput' : 'AdjustStockInput';
      const document = `mutation ($input: ${type}!) { ${name}(input: $input) { product {
        inStock createdAt updatedAt stockMovements(first: 1) { nodes { id kind } pageInfo { hasNextPage endCursor } } } } }`;
      const send = async () => (await warehouse.query(document, { input }, admin)).data[name];
      const input = keyed(productId);
      const first = await send();
      await warehouse.mutate('restock', { productId, quantity: 1 });
      expect(await send()).toEqual(first);
      expect(first.product.stockMovements.nodes).toMatchObject([
        { kind: name === 'restock' ? 'RESTOCKED' : 'ADJUSTED' },
      ]);
    });

    it('and with other input is refused', async () => {
      const [productId, other] = [await warehouse.product(10), await warehouse.product(10)];
      const input = keyed(productId);
      await warehouse.mutate(name, input);
      for (const reuse of [otherChange, { ...change, note: 'Delivery 8' }, { ...change, productId: other }]) {
        expect(await warehouse.mutate(name, { ...input, ...reuse })).toEqual({ product: null, errors: REUSED });
      }
      expect(await warehouse.stockOf(other)).toMatchObject({ onHand: 10 });
    });

    it('of the administrator’s own', async () => {
      const productId = await warehouse.product(10);
      const colleague = { ...admin, userId: newId() };
      const input = keyed(productId);
      await warehouse.mutate(name, input);
      expect((await warehouse.mutate(name, input, colleague)).errors).toEqual([]);
      expect(await warehouse.stockOf(productId)).toMatchObject({ onHand: name === 'restock' ? 18 : 2 });
    });

    it.each(['', ' ', 'k'.repeat(129), 'a\u0000b'])('that is one: %j is none', async (idempotencyKey) => {
      const productId = await warehouse.product(10);
      const { errors } = await warehouse.mutate(name, { productId, ...change, idempotencyKey });
      expect(errors).toMatchObject([{ code: 'INVALID_INPUT', field: 'idempotencyKey' }]);
    });
  });

  it('that was not there for a key may be asked for again under it', async () => {
    const productId = await warehouse.product(1);
    const input = { productId, delta: -2, reason: 'LOST', idempotencyKey: newId() };
    expect((await warehouse.mutate('adjustStock', input)).errors).toMatchObject([{ code: 'INSUFFICIENT_STOCK' }]);
    await warehouse.mutate('restock', { productId, quantity: 5 });
    expect((await warehouse.mutate('adjustStock', input)).product.stock).toMatchObject({ onHand: 4 });
  });

  it('is shown anew after each of several changes in one request', async () => {
    const id = await warehouse.product(1);
    const change = `restock(input: { productId: "${id}", quantity: 1 }) {
      product { stock { available } stockMovements(first: 9) { nodes { kind } } } }`;
    const { data } = await warehouse.query(`mutation { first: ${change} second: ${change} }`, {}, admin);
    expect(data.first.product).toMatchObject({ stock: { available: 2 }, stockMovements: { nodes: [{}, {}] } });
    expect(data.second.product).toMatchObject({ stock: { available: 3 }, stockMovements: { nodes: [{}, {}, {}] } });
  });

  it('cannot grow beyond what can be counted', async () => {
    const productId = await warehouse.product(1);
    tampered = productId;
    await warehouse.database.db.execute(
      `update inventory.stock set on_hand = 999999999, available = 999999999 where product_id = '${productId}'`,
    );
    await warehouse.mutate('restock', { productId, quantity: 1 });
    const refusal = (field: string) => [{ __typename: 'InvalidInputError', code: 'INVALID_INPUT', field }];
    expect((await warehouse.mutate('restock', { productId, quantity: 1 })).errors).toEqual(refusal('quantity'));
    const adjusted = await warehouse.mutate('adjustStock', { productId, delta: 1, reason: 'FOUND' });
    expect(adjusted.errors).toEqual(refusal('delta'));
  });

  it.each([
    ['restock', 'quantity', { quantity: 0 }],
    ['restock', 'quantity', { quantity: -1 }],
    ['restock', 'quantity', { quantity: 1e9 }],
    ['restock', 'note', { quantity: 1, note: 'x'.repeat(501) }],
    ['restock', 'note', { quantity: 1, note: '\u0000' }],
    ['adjustStock', 'delta', { delta: 0, reason: 'COUNT' }],
    ['adjustStock', 'delta', { delta: 1e9, reason: 'COUNT' }],
    ['adjustStock', 'delta', { delta: -1e9, reason: 'COUNT' }],
    ['adjustStock', 'note', { delta: 1, reason: 'OTHER' }],
    ['adjustStock', 'note', { delta: 1, reason: 'OTHER', note: '  ' }],
    ['adjustStock', 'note', { delta: 1, reason: 'COUNT', note: 'x'.repeat(501) }],
  ])('is not changed by %s with a wrong %s: %j', async (name, field, input) => {
    const productId = await warehouse.product(1);
    expect(await warehouse.mutate(name, { productId, ...input })).toEqual({
      product: null,
      errors: [{ __typename: 'InvalidInputError', code: 'INVALID_INPUT', field }],
    });
    expect(await warehouse.stockOf(productId)).toMatchObject({ onHand: 1 });
  });

  it.each([newId(), 'x', ''])('of a product that is not there is not changed: %s', async (productId) => {
    const refusal = { product: null, errors: [{ __typename: 'NotFoundError', code: 'NOT_FOUND' }] };
    expect(await warehouse.mutate('restock', { productId, quantity: 1 })).toEqual(refusal);
    expect(await warehouse.mutate('adjustStock', { productId, delta: 1, reason: 'FOUND' })).toEqual(refusal);
  });

  it('has a book that is read page by page, by administrators alone', async () => {
    const id = await warehouse.product();
    for (const quantity of [1, 2, 3, 4, 5]) await warehouse.mutate('restock', { productId: id, quantity });
    const deltas = ({ nodes }: { nodes: { availableDelta: number }[] }) => nodes.map((node) => node.availableDelta);
    const first = await book(id, { first: 3 });
    expect(deltas(first)).toEqual([5, 4, 3]);
    expect(first.pageInfo).toEqual({ hasNextPage: true, endCursor: first.edges[2].cursor });
    const rest = await book(id, { first: 3, after: first.pageInfo.endCursor });
    expect(deltas(rest)).toEqual([2, 1]);
    expect(rest.pageInfo.hasNextPage).toBe(false);
    const stranger = { kind: 'anonymous' } as const;
    for (const identity of [customer, stranger]) expect(await book(id, {}, identity)).toBeNull();
    for (const page of [{ first: 0 }, { first: 101 }, { after: 'x' }, { after: 'WyJ4Il0' }, { after: 'WzEuNV0' }]) {
      expect(await book(id, page)).toBe('BAD_USER_INPUT');
    }
  });

  it('books of many products are read in one statement', async () => {
    const ids = await Promise.all([1, 2, 3].map((quantity) => warehouse.product(quantity)));
    const representations = ids.map((id) => ({ __typename: 'Product', id }));
    const document = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
      ... on Product { stockMovements(first: 5) { nodes { availableDelta } } } } }`;
    const stop = warehouse.countStatements();
    const { data } = await warehouse.query(document, { representations }, admin);
    expect(stop()).toHaveLength(2);
    expect(data._entities).toEqual(
      [1, 2, 3].map((availableDelta) => ({ stockMovements: { nodes: [{ availableDelta }] } })),
    );
  });
});
