import { type Identity, newId } from '@tributary/service-kit';
import { eachEngine } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { admin, customer, openTestWarehouse, type TestWarehouse } from './testing/test-warehouse.ts';

const BOOK = `query ($id: ID!, $first: Int, $after: String) { product(id: $id) {
  stockMovements(first: $first, after: $after) {
    nodes { id kind availableDelta reservedDelta soldDelta reason note actorId orderId createdAt }
    edges { cursor node { id } } pageInfo { hasNextPage endCursor } } } }`;

eachEngine('stock', (open) => {
  let warehouse: TestWarehouse;
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
