import { type Identity, newId } from '@tributary/service-kit';
import { eachEngine } from '@tributary/service-kit/testing';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { orders } from './tables.ts';
import { ADDRESS, FIND_CART, openTestShop, PLACE, type TestShop } from './testing/test-shop.ts';

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });

eachEngine('placing an order', (open, engine) => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await openTestShop(await open());
  });
  afterAll(() => shop.stop());

  async function place(input: object, identity: Identity) {
    const { data, errors } = await shop.query(PLACE, { input }, identity);
    if (errors !== undefined) throw new Error(errors[0]?.extensions.code);
    return data.placeOrder;
  }
  const ordersOf = ({ userId }: Identity & { kind: 'user' }) =>
    shop.database.db.select().from(orders).where(eq(orders.customerId, userId));
  const cartSize = async (customer: Identity) => (await shop.query(FIND_CART, {}, customer)).data.cart?.itemCount;

  it('takes what is in the cart, at the price that was shown, and tells the other services', async () => {
    const customer = shop.newCustomer();
    const product = await shop.product({ sku: 'MUG-1', name: 'A mug', weightGrams: 800 });
    await shop.addToCart(customer, product, 3);
    const input = shop.placeInput({ expectedTotal: eur(3690) });
    const { order, errors } = await place(input, customer);
    expect(errors).toEqual([]);
    expect(order).toMatchObject({ status: 'PLACED', total: eur(3690) });
    expect(order.number).toMatch(/^T-\d{4}-\d{6}$/);
    expect(await cartSize(customer)).toBe(0);

    const { productId } = product;
    const { userId: customerId } = customer;
    const said = (await shop.published()).filter(({ subject }) => subject === order.id);
    expect(said.map(({ type, data }) => ({ type, data }))).toEqual([
      {
        type: 'orders.order.placed.v1',
        data: { orderId: order.id, customerId, number: order.number, total: eur(3690) },
      },
      {
        type: 'orders.reservation.requested.v1',
        data: { orderId: order.id, lines: [{ productId, quantity: 3 }] },
      },
      { type: 'orders.order.changed.v1', data: { orderId: order.id, status: 'PLACED' } },
    ]);
    expect(JSON.stringify(said)).not.toMatch(/Ada|Example Street|Berlin/);

    // The order is a snapshot.
    await shop.product({ ...product, name: 'A cup', price: eur(9900), version: 2 });
    const read = await shop.query(
      `query ($id: ID!) { order(id: $id) { subtotal { amountMinor } shipping { amountMinor }
        lines { sku name quantity unitPrice { amountMinor } lineTotal { amountMinor } product { id sku } }
        shippingAddress { recipient line1 line2 postalCode city region country } customer { id } cancellable } }`,
      { id: order.id },
      customer,
    );
    expect(read.data.order).toEqual({
      subtotal: { amountMinor: 3000 },
      shipping: { amountMinor: 690 },
      lines: [
        {
          sku: 'MUG-1',
          name: 'A mug',
          quantity: 3,
          unitPrice: { amountMinor: 1000 },
          lineTotal: { amountMinor: 3000 },
          product: { id: productId, sku: 'MUG-1' },
        },
      ],
      shippingAddress: { ...ADDRESS, line2: null, region: null },
      customer: { id: customerId },
      cancellable: true,
    });
  });

  it('again with the same key gives the same order, and with other input a refusal', async () => {
    const customer = shop.newCustomer();
    const product = await shop.product();
    await shop.addToCart(customer, product);
    const input = shop.placeInput();
    const first = await place(input, customer);
    await shop.addToCart(customer, product, 5);
    expect(await place(input, customer)).toEqual(first);
    expect(await cartSize(customer)).toBe(5);

    for (const change of [
      { paymentMethodId: newId() },
      { shippingAddress: { ...ADDRESS, line1: 'Example Street 2' } },
      { expectedTotal: eur(1490) },
    ]) {
      const { order, errors } = await place({ ...input, ...change }, customer);
      expect(order).toBeNull();
      expect(errors).toMatchObject([{ code: 'IDEMPOTENCY_KEY_REUSED' }]);
    }
    // Keys belong to a customer: somebody else's is free.
    const stranger = shop.newCustomer();
    await shop.addToCart(stranger, product);
    const others = await place(input, stranger);
    expect(others.order.id).not.toBe(first.order.id);
    expect(await ordersOf(customer)).toHaveLength(1);
  });

  it(`${engine === 'PGlite' ? 'a few' : 'twenty'} times at once with one key makes one order`, async () => {
    const customer = shop.newCustomer();
    await shop.addToCart(customer, await shop.product(), 2);
    const input = shop.placeInput();
    const attempts = Array.from({ length: engine === 'PGlite' ? 3 : 20 }, () => place(input, customer));
    const answers = await Promise.all(attempts);
    expect(answers[0].errors).toEqual([]);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await ordersOf(customer)).toHaveLength(1);
    expect(await shop.said(answers[0].order.id)).toEqual(['order.placed', 'reservation.requested']);
  });

  it('of one cart under two keys at once sells it once', async () => {
    const customer = shop.newCustomer();
    await shop.addToCart(customer, await shop.product());
    const answers = await Promise.all([1, 2].map(() => place(shop.placeInput(), customer)));
    expect(answers.flatMap(({ errors }) => errors)).toMatchObject([{ code: 'EMPTY_CART' }]);
    expect(await ordersOf(customer)).toHaveLength(1);
  });

  it('gives each order a number of its own', async () => {
    const product = await shop.product();
    const numbers = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const customer = shop.newCustomer();
        await shop.addToCart(customer, product);
        return (await place(shop.placeInput(), customer)).order.number;
      }),
    );
    expect(new Set(numbers).size).toBe(5);
  });

  it.each([
    ['idempotencyKey', { idempotencyKey: '' }],
    ['idempotencyKey', { idempotencyKey: 'k'.repeat(129) }],
    ['idempotencyKey', { idempotencyKey: 'a\u0000b' }],
    ['paymentMethodId', { paymentMethodId: 'visa' }],
    ['shippingAddress.recipient', { shippingAddress: { ...ADDRESS, recipient: '  ' } }],
    ['shippingAddress.line1', { shippingAddress: { ...ADDRESS, line1: 'x'.repeat(201) } }],
    ['shippingAddress.line2', { shippingAddress: { ...ADDRESS, line2: 'a\ud800b' } }],
    ['shippingAddress.city', { shippingAddress: { ...ADDRESS, city: 'Ber\u0007lin' } }],
    ['shippingAddress.postalCode', { shippingAddress: { ...ADDRESS, postalCode: '1'.repeat(21) } }],
    ['shippingAddress.country', { shippingAddress: { ...ADDRESS, country: 'AQ' } }],
    ['expectedTotal.currency', { expectedTotal: { amountMinor: 1490, currency: 'CHF' } }],
  ])('refuses input with a wrong %s, and says so', async (field, change) => {
    const customer = shop.newCustomer();
    await shop.addToCart(customer, await shop.product());
    const { order, errors } = await place(shop.placeInput(change), customer);
    expect(order).toBeNull();
    expect(errors).toMatchObject([{ code: 'INVALID_INPUT', field }]);
    expect(await cartSize(customer)).toBe(1);
  });

  it('refuses an unknown currency and whoever is not signed in', async () => {
    const customer = shop.newCustomer();
    const unknown = shop.placeInput({ expectedTotal: { amountMinor: 1490, currency: 'XXQ' } });
    await expect(place(unknown, customer)).rejects.toThrow('BAD_USER_INPUT');
    await expect(place(shop.placeInput(), { kind: 'anonymous' })).rejects.toThrow('UNAUTHENTICATED');
    await expect(place(shop.placeInput(), { kind: 'service', service: 'payments' })).rejects.toThrow('UNAUTHENTICATED');
  });

  it('refuses an empty cart', async () => {
    const customer = shop.newCustomer();
    expect((await place(shop.placeInput(), customer)).errors).toMatchObject([{ code: 'EMPTY_CART' }]);
  });

  it('refuses a price that the customer did not see, with the old one and the new one', async () => {
    const customer = shop.newCustomer();
    const product = await shop.product();
    await shop.addToCart(customer, product, 2);
    await shop.addToCart(customer, await shop.product({ price: eur(500) }));
    await shop.product({ ...product, price: eur(1100), version: 2 });
    const { order, errors } = await place(shop.placeInput(), customer);
    expect(order).toBeNull();
    expect(errors).toMatchObject([
      {
        code: 'CART_PRICE_CHANGED',
        lines: [{ productId: product.productId, oldPrice: eur(1000), newPrice: eur(1100) }],
        total: eur(2 * 1100 + 500 + 690),
      },
    ]);
    // What it would cost is unknown while the cart has two currencies, or could not be ordered at all.
    for (const [index, price] of [{ amountMinor: 1, currency: 'USD' }, eur(2 ** 31 - 1)].entries()) {
      await shop.product({ ...product, price, version: 3 + index });
      const later = await place(shop.placeInput(), customer);
      expect(later.errors).toMatchObject([{ code: 'CART_PRICE_CHANGED', lines: [{ newPrice: price }], total: null }]);
    }
    expect(await cartSize(customer)).toBe(3);
  });

  it('refuses a total that the customer did not expect', async () => {
    const customer = shop.newCustomer();
    await shop.addToCart(customer, await shop.product());
    for (const expectedTotal of [eur(1489), { amountMinor: 1490, currency: 'USD' }]) {
      const { errors } = await place(shop.placeInput({ expectedTotal }), customer);
      expect(errors).toMatchObject([{ code: 'CART_PRICE_CHANGED', lines: [], total: eur(1490) }]);
    }
    expect((await place(shop.placeInput({ expectedTotal: eur(1490) }), customer)).errors).toEqual([]);
  });

  it('refuses products that can no longer be bought, and what has become too heavy', async () => {
    const customer = shop.newCustomer();
    const product = await shop.product();
    await shop.addToCart(customer, product, 99);
    await shop.product({ ...product, active: false, version: 2 });
    expect((await place(shop.placeInput(), customer)).errors).toMatchObject([
      { code: 'PRODUCT_UNAVAILABLE', productIds: [product.productId] },
    ]);
    await shop.product({ ...product, weightGrams: 20_000, version: 3 });
    expect((await place(shop.placeInput(), customer)).errors).toMatchObject([{ code: 'CART_FULL' }]);
  });
});
