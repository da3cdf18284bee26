import { type Identity, newId } from '@tributary/service-kit';
import { eachEngine } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestShop, type TestProduct, type TestShop } from './testing/test-shop.ts';

const ENTITIES = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
  ... on Order { number lines { sku product { id sku } } customer { id } }
  ... on User { orders(first: 3) { nodes { id } pageInfo { hasNextPage } } cart { itemCount } }
  ... on Product { shippingEstimate(country: "DE") { amountMinor currency } } } }`;
const PAGE = `query ($first: Int, $after: String, $status: OrderStatus) {
  orders(first: $first, after: $after, status: $status) {
    nodes { id number lines { name lineTotal { amountMinor } product { id sku } } customer { id } }
    edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }`;

eachEngine('orders', (open) => {
  let shop: TestShop;
  let product: TestProduct;
  const customer = { kind: 'user', userId: newId(), roles: ['customer'] } as const;
  const ids: string[] = [];
  beforeAll(async () => {
    shop = await openTestShop(await open());
    product = await shop.product();
    const second = await shop.product({ sku: 'SKU-2' });
    for (let count = 0; count < 22; count++) {
      ids.unshift(
        await shop.order(customer, [
          [product, 1],
          [second, 2],
        ]),
      );
    }
  });
  afterAll(() => shop.stop());

  const entities = async (representations: object[], identity?: Identity) =>
    (await shop.query(ENTITIES, { representations }, identity)).data._entities;

  it('are paged, newest first, with everything on a page in two statements', async () => {
    const stop = shop.countStatements();
    const { data } = await shop.query(PAGE, { first: 20 }, customer);
    expect(stop()).toHaveLength(2);
    expect(data.orders.nodes.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 20));
    expect(data.orders.nodes[0]).toMatchObject({
      lines: [{ product: { id: product.productId, sku: 'SKU-1' } }, { lineTotal: { amountMinor: 2000 } }],
      customer: { id: customer.userId },
    });
    const { endCursor, hasNextPage } = data.orders.pageInfo;
    expect(hasNextPage).toBe(true);
    const rest = (await shop.query(PAGE, { first: 20, after: endCursor }, customer)).data.orders;
    expect(rest.edges.map(({ node }: { node: { id: string } }) => node.id)).toEqual(ids.slice(20));
    expect(rest.pageInfo).toEqual({ hasNextPage: false, endCursor: rest.edges.at(-1).cursor });
    const none = (await shop.query(PAGE, { after: rest.pageInfo.endCursor }, customer)).data.orders;
    expect(none).toEqual({ nodes: [], edges: [], pageInfo: { hasNextPage: false, endCursor: null } });
  });

  it('are a customer’s own, and all of them an administrator’s, of one status if asked', async () => {
    const other = shop.newCustomer();
    const id = await shop.order(other);
    await shop.hear('inventory.stock.reserved', id);
    const list = async (identity: Identity, status?: string) => {
      const { data } = await shop.query(PAGE, { first: 100, status }, identity);
      return data.orders.nodes.map((node: { id: string }) => node.id);
    };
    expect(await list(other)).toEqual([id]);
    expect(await list(other, 'PLACED')).toEqual([]);
    expect(await list(shop.admin)).toEqual([id, ...ids]);
    expect(await list(shop.admin, 'RESERVED')).toEqual([id]);
  });

  it.each([
    [{ first: 0 }, 'BAD_USER_INPUT'],
    [{ first: 101 }, 'BAD_USER_INPUT'],
    [{ first: -1 }, 'BAD_USER_INPUT'],
    [{ after: 'nonsense' }, 'BAD_USER_INPUT'],
    [{ after: Buffer.from('["x"]').toString('base64url') }, 'BAD_USER_INPUT'],
    [{ after: Buffer.from('[1]').toString('base64url') }, 'BAD_USER_INPUT'],
  ])('are not listed for %j', async (variables, code) => {
    const { data, errors } = await shop.query(PAGE, variables, customer);
    expect(data.orders).toBeNull();
    expect(errors?.[0]?.extensions.code).toBe(code);
  });

  it('are seen by their customer, administrators and services, and by nobody else', async () => {
    const [id] = ids;
    const see = async (identity?: Identity, asked = id) =>
      (
        await shop.query(
          'query ($id: ID!) { order(id: $id) { id shippingAddress { city } timeline { message note eventId } } }',
          { id: asked },
          identity,
        )
      ).data.order;
    const city = { city: 'Berlin' };
    expect(await see(customer)).toMatchObject({ id, shippingAddress: city });
    expect(await see(shop.admin)).toMatchObject({ id, shippingAddress: city });
    expect(await see({ kind: 'service', service: 'payments' })).toMatchObject({ id, shippingAddress: null });
    expect(await see(shop.newCustomer())).toBeNull();
    expect(await see()).toBeNull();
    for (const asked of [newId(), 'x', "' or 1=1"]) expect(await see(shop.admin, asked)).toBeNull();
    const anonymous = await shop.query(PAGE, {});
    expect(anonymous.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });

  it('tell what happened in plain words, and administrators the event as well', async () => {
    const own = shop.newCustomer();
    const id = await shop.order(own);
    const eventId = await shop.hear('inventory.stock.reserved', id);
    const declined = await shop.hear('payments.payment.declined', id, { paymentId: newId(), reason: 'DECLINED' });
    await shop.hear('payments.payment.authorized', id, { paymentId: newId() });
    const read = async (identity: Identity) =>
      (
        await shop.query(
          `query ($id: ID!) { order(id: $id) { cancellable placedAt cancellation { reason at }
            timeline { status cause message eventId at } } }`,
          { id },
          identity,
        )
      ).data.order;
    const seen = await read(own);
    expect(seen).toMatchObject({
      cancellable: false,
      timeline: [
        { status: 'PLACED', cause: 'ORDER_PLACED', message: 'We have received your order.', eventId: null },
        { status: 'RESERVED', cause: 'STOCK_RESERVED', message: 'Your articles are set aside.', eventId: null },
        {
          status: 'CANCELLED',
          cause: 'PAYMENT_DECLINED',
          message: 'The order was cancelled: the payment was not possible.',
          eventId: null,
        },
        { status: 'CANCELLED', cause: 'PAYMENT_AUTHORIZED', message: expect.stringContaining('you are not charged') },
      ],
    });
    const times = seen.timeline.map(({ at }: { at: string }) => at);
    expect(times).toEqual(times.toSorted());
    expect(times[0]).toBe(seen.placedAt);
    expect(seen.cancellation).toEqual({ reason: 'PAYMENT_DECLINED', at: times[2] });
    const { timeline } = await read(shop.admin);
    expect(timeline.slice(0, 3).map((entry: { eventId: string }) => entry.eventId)).toEqual([null, eventId, declined]);
  });

  it('are found as entities in two statements, by those who may see them', async () => {
    const representations = [...ids.slice(0, 20), newId(), 'x'].map((id) => ({ __typename: 'Order', id }));
    const stop = shop.countStatements();
    const found = await entities(representations, customer);
    expect(stop()).toHaveLength(2);
    expect(found.slice(20)).toEqual([null, null]);
    expect(found[0]).toMatchObject({ lines: [{ sku: 'SKU-1' }, { sku: 'SKU-2' }], customer: { id: customer.userId } });
    expect(await entities(representations, shop.newCustomer())).toEqual(representations.map(() => null));
    expect(await entities(representations)).toEqual(representations.map(() => null));
  });

  it('and carts of many users come in one statement each, to those who may see them', async () => {
    const others = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const other = shop.newCustomer();
        await shop.order(other);
        await shop.addToCart(other, product, 2);
        return other;
      }),
    );
    const users = [customer, ...others].map(({ userId }) => ({ __typename: 'User', id: userId }));
    const stop = shop.countStatements();
    const found = await entities([...users, { __typename: 'User', id: 'x' }], shop.admin);
    expect(stop()).toHaveLength(2);
    expect(found[0]).toEqual({
      orders: { nodes: ids.slice(0, 3).map((id) => ({ id })), pageInfo: { hasNextPage: true } },
      cart: { itemCount: 0 },
    });
    expect(found[1]).toMatchObject({
      orders: { nodes: [{}], pageInfo: { hasNextPage: false } },
      cart: { itemCount: 2 },
    });
    expect(found.at(-1)).toMatchObject({ orders: { nodes: [] }, cart: null });
    const asCustomer = await entities(users, customer);
    expect(asCustomer[0].cart).not.toBeNull();
    expect(asCustomer.slice(1)).toEqual(others.map(() => ({ orders: null, cart: null })));
  });

  it('estimate what sending a product costs, from the weight that inventory gives', async () => {
    const ask = (weightGrams: number | null) =>
      entities([{ __typename: 'Product', id: product.productId, weightGrams }]);
    expect(await ask(800)).toEqual([{ shippingEstimate: { amountMinor: 490, currency: 'EUR' } }]);
    expect(await ask(2_000_000)).toEqual([{ shippingEstimate: null }]);
    expect(await ask(null)).toEqual([{ shippingEstimate: null }]);
  });
});
