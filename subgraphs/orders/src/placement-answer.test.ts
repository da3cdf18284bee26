import { type Identity, newId } from '@tributary/service-kit';
import { eachEngine } from '@tributary/service-kit/testing';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { orders } from './tables.ts';
import { CANCEL, openTestShop, PLACE, type TestShop } from './testing/test-shop.ts';

const RESERVED = 'inventory.stock.reserved';
const REJECTED = 'inventory.stock.rejected';
const payment = { paymentId: newId() };

eachEngine('the answer to placeOrder', (open, engine) => {
  let patient: TestShop;
  let impatient: TestShop;
  beforeAll(async () => {
    const database = await open();
    // Longer than a test may take: who is not woken fails.
    patient = await openTestShop(database, { placement: { waitForStock: '60s' } });
    // Another process over the same database.
    impatient = await openTestShop(database, { placement: { waitForStock: '30ms' } });
  });
  afterAll(() => Promise.all([patient.stop(), impatient.stop()]));

  const place = async (shop: TestShop, input: object, customer: Identity) => {
    const { data, errors } = await shop.query(PLACE, { input }, customer);
    if (errors !== undefined) throw new Error(errors[0]?.extensions.code);
    return data.placeOrder;
  };
  async function shopper(quantity = 2) {
    const customer = patient.newCustomer();
    const product = await patient.product();
    await patient.addToCart(customer, product, quantity);
    return { customer, product, input: patient.placeInput() };
  }
  const rowOf = async (id: string) => {
    const [row] = await patient.database.db.select().from(orders).where(eq(orders.id, id));
    return row;
  };
  const pay = async (id: string) => {
    await patient.hear('payments.payment.authorized', id, payment);
    await patient.hear('payments.payment.captured', id, payment);
  };

  it('waits for inventory, and is given again when the order has moved on', async () => {
    const { customer, input } = await shopper();
    const answering = place(patient, input, customer);
    const id = await patient.placedBy(customer);
    await patient.hear(RESERVED, id);
    const answer = await answering;
    expect(answer).toMatchObject({
      order: {
        id,
        status: 'RESERVED',
        cancellation: null,
        timeline: [{ cause: 'ORDER_PLACED' }, { status: 'RESERVED' }],
      },
      errors: [],
    });
    expect((await rowOf(id))?.answeredVersion).toBe(2);
    await pay(id);
    expect(await patient.statusOf(id)).toBe('PAID');
    for (const shop of [patient, impatient]) {
      expect(JSON.stringify(await place(shop, input, customer))).toBe(JSON.stringify(answer));
    }
  });

  it('is woken by another process that hears of the stock', async () => {
    const { customer, input } = await shopper();
    const answering = place(patient, input, customer);
    const id = await patient.placedBy(customer);
    await impatient.hear(RESERVED, id);
    expect((await answering).order).toMatchObject({ id, status: 'RESERVED' });
  });

  it('names the products that are short, and is given again', async () => {
    const { customer, product, input } = await shopper(5);
    const answering = place(patient, input, customer);
    const id = await patient.placedBy(customer);
    const products = [{ productId: product.productId, requested: 5, available: 3 }];
    await patient.hear(REJECTED, id, { products });
    const answer = await answering;
    expect(answer).toMatchObject({
      order: null,
      errors: [
        {
          __typename: 'OutOfStockError',
          code: 'OUT_OF_STOCK',
          message: 'The order was cancelled: not all articles are in stock.',
          order: { id, status: 'CANCELLED', cancellation: { reason: 'OUT_OF_STOCK', outOfStock: products } },
          products,
        },
      ],
    });
    const { at } = answer.errors[0].order.cancellation;
    expect(at).toBe(answer.errors[0].order.timeline.at(-1).at);
    // What comes late to a cancelled order makes its timeline longer.
    await patient.hear(RESERVED, id);
    expect(JSON.stringify(await place(patient, input, customer))).toBe(JSON.stringify(answer));
  });

  it('names no products where the event is from before it said them', async () => {
    const { customer, input } = await shopper();
    const answering = place(patient, input, customer);
    await patient.hear(REJECTED, await patient.placedBy(customer));
    expect((await answering).errors).toMatchObject([{ code: 'OUT_OF_STOCK', products: [] }]);
  });

  it('is PLACED when nobody says anything in time, for good; the order tells the rest', async () => {
    for (const [type, status] of [
      [RESERVED, 'RESERVED'],
      [REJECTED, 'CANCELLED'],
    ] as const) {
      const { customer, product, input } = await shopper();
      const answer = await place(impatient, input, customer);
      expect(answer).toMatchObject({ order: { status: 'PLACED', cancellable: true, timeline: [{}] }, errors: [] });
      const { id, updatedAt } = answer.order;
      const products = [{ productId: product.productId, requested: 2, available: 0 }];
      await impatient.hear(type, id, { products });
      expect(JSON.stringify(await place(patient, input, customer))).toBe(JSON.stringify(answer));
      const { data } = await patient.query(
        `query ($id: ID!) { order(id: $id) { status updatedAt
          cancellation { reason outOfStock { productId requested available } } } }`,
        { id },
        customer,
      );
      const cancellation = type === REJECTED ? { reason: 'OUT_OF_STOCK', outOfStock: products } : null;
      expect(data.order).toEqual({ status, updatedAt: expect.any(String), cancellation });
      expect(data.order.updatedAt > updatedAt).toBe(true);
    }
  });

  it('is the order as it is when it was cancelled for another reason meanwhile', async () => {
    const { customer, input } = await shopper();
    const answering = place(patient, input, customer);
    const id = await patient.placedBy(customer);
    await patient.query(CANCEL, { input: { orderId: id } }, customer);
    expect(await answering).toMatchObject({
      order: { id, status: 'CANCELLED', cancellation: { reason: 'CUSTOMER', outOfStock: [] } },
      errors: [],
    });
  });

  it('is one for 100 at once and all that come later, byte for byte, while the order moves on', async () => {
    const { customer, input } = await shopper();
    const shops = [patient, impatient];
    const answering = Array.from({ length: 100 }, (_, at) => place(shops[at % 2] ?? patient, input, customer));
    const id = await patient.placedBy(customer);
    await patient.hear(RESERVED, id);
    await pay(id);
    const answers = await Promise.all(answering);
    answers.push(...(await Promise.all(shops.map((shop) => place(shop, input, customer)))));
    expect(answers[0].order.id).toBe(id);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    // Either of them may have published it.
    const said = (await Promise.all(shops.map((shop) => shop.said(id)))).flat();
    expect(said.filter((type) => type === 'order.placed')).toHaveLength(1);
  });

  it('that a crash has swallowed is given to whoever asks next, and from then on to all', async () => {
    const { customer, input } = await shopper();
    const { order } = await place(impatient, input, customer);
    // What is in the table when a process dies between the commit and the answer.
    await patient.database.db.update(orders).set({ answeredVersion: null }).where(eq(orders.id, order.id));
    await patient.hear(RESERVED, order.id);
    const first = await place(patient, input, customer);
    expect(first.order).toMatchObject({ id: order.id, status: 'RESERVED' });
    await pay(order.id);
    expect(await place(patient, input, customer)).toEqual(first);
  });

  it('holds no connection while it waits', async () => {
    const waiting = engine === 'PGlite' ? 2 : 25;
    const shoppers = await Promise.all(Array.from({ length: waiting }, () => shopper()));
    const answers = shoppers.map(({ customer, input }) => place(patient, input, customer));
    const ids = await Promise.all(shoppers.map(({ customer }) => patient.placedBy(customer)));
    // More than the pool has connections, and still every statement gets through.
    for (const id of ids) await patient.hear(RESERVED, id);
    expect((await Promise.all(answers)).map(({ order }) => order.status)).toEqual(ids.map(() => 'RESERVED'));
  });

  it('takes so many statements: one more than the order itself', async () => {
    const { customer, input } = await shopper();
    const stop = impatient.countStatements();
    await impatient.query(
      'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }',
      { input },
      customer,
    );
    // begin, cart, account, lines, key, order, lines, timeline, empty cart, three events, commit; the answer.
    expect(stop().filter((sql) => !/^(begin|commit)/.test(sql))).toHaveLength(12);
  });
});
