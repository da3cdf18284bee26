import { type Identity, newId } from '@tributary/service-kit';
import { eachEngine } from '@tributary/service-kit/testing';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { orders, outbox, returnRequests } from './tables.ts';
import { CANCEL, openTestShop, RETURN, type TestProduct, type TestShop } from './testing/test-shop.ts';

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const paymentId = newId();

eachEngine('a customer', (open) => {
  let shop: TestShop;
  let product: TestProduct;
  beforeAll(async () => {
    shop = await openTestShop(await open());
    product = await shop.product();
  });
  afterAll(() => shop.stop());

  async function send(document: string, input: object, identity?: Identity) {
    const { data, errors } = await shop.query(document, { input }, identity);
    if (errors !== undefined) throw new Error(errors[0]?.extensions.code);
    return data.cancelOrder ?? data.requestReturn;
  }
  const returnInput = (orderId: string, quantity = 1, productId = product.productId) => ({
    idempotencyKey: newId(),
    orderId,
    reason: 'Too small',
    lines: [{ productId, quantity }],
  });
  const lastData = async (orderId: string) => {
    const said = (await shop.published()).filter(({ subject }) => subject === orderId);
    return said.at(-1)?.data;
  };

  it.each([
    ['PLACED', [], ['reservation.released']],
    ['RESERVED', ['inventory.stock.reserved'], ['reservation.released', 'payment.voided']],
    [
      'CONFIRMED',
      ['inventory.stock.reserved', 'payments.payment.authorized'],
      ['reservation.released', 'payment.voided'],
    ],
  ])('cancels an order that is %s', async (_status, types, effects) => {
    const customer = shop.newCustomer();
    const orderId = await shop.order(customer, [[product, 2]]);
    for (const type of types) await shop.hear(type, orderId, { paymentId });
    const before = (await shop.said(orderId)).length;
    const answer = await send(CANCEL, { orderId, reason: ' Changed my mind ' }, customer);
    expect(answer).toEqual({ order: { status: 'CANCELLED' }, errors: [] });
    expect((await shop.said(orderId)).slice(before)).toEqual([...effects, 'order.cancelled']);
    expect(await lastData(orderId)).toMatchObject({ reason: 'CUSTOMER', customerId: customer.userId });
    const again = await send(CANCEL, { orderId }, customer);
    expect(again).toMatchObject({ order: null, errors: [{ code: 'ORDER_NOT_CANCELLABLE', status: 'CANCELLED' }] });
  });

  it('does not cancel what is paid', async () => {
    const customer = shop.newCustomer();
    const orderId = await shop.paidOrder(customer);
    const { order, errors } = await send(CANCEL, { orderId }, customer);
    expect(order).toBeNull();
    expect(errors).toMatchObject([{ code: 'ORDER_NOT_CANCELLABLE', status: 'PAID' }]);
    expect(await shop.statusOf(orderId)).toBe('PAID');
  });

  it('is told when an administrator cancels', async () => {
    const orderId = await shop.order(shop.newCustomer());
    await send(CANCEL, { orderId }, shop.admin);
    expect(await lastData(orderId)).toMatchObject({ reason: 'ADMIN' });
  });

  it('sends articles back bit by bit, and gets the shipping costs with the last', async () => {
    const customer = shop.newCustomer();
    const orderId = await shop.paidOrder(customer, [[product, 3]]);
    const first = await send(RETURN, returnInput(orderId, 2), customer);
    expect(first).toMatchObject({ order: { status: 'RETURN_REQUESTED' }, refund: eur(2000), errors: [] });
    expect(await lastData(orderId)).toMatchObject({
      orderId,
      customerId: customer.userId,
      lines: [{ productId: product.productId, quantity: 2 }],
      amount: eur(2000),
    });
    const refunded = { paymentId, refundId: newId(), amount: eur(2000), fullyRefunded: false };
    await shop.hear('payments.payment.refunded', orderId, refunded);
    expect(await send(RETURN, returnInput(orderId, 2), customer)).toMatchObject({
      order: null,
      refund: null,
      errors: [{ code: 'RETURN_NOT_POSSIBLE', reason: 'TOO_MANY' }],
    });
    expect(await shop.statusOf(orderId)).toBe('PAID');
    expect(await send(RETURN, returnInput(orderId, 1), customer)).toMatchObject({ refund: eur(1690) });
  });

  it('returns one article once, however often it is asked for at the same time', async () => {
    const customer = shop.newCustomer();
    const orderId = await shop.paidOrder(customer, [[product, 1]]);
    const answers = await Promise.all(Array.from({ length: 5 }, () => send(RETURN, returnInput(orderId), customer)));
    expect(answers.filter(({ errors }) => errors.length === 0)).toHaveLength(1);
    expect((await shop.said(orderId)).filter((type) => type === 'return.requested')).toHaveLength(1);
  });

  it('asks for a return again with the same key, and is given the same answer for ever', async () => {
    const customer = shop.newCustomer();
    const orderId = await shop.paidOrder(customer, [[product, 3]]);
    const input = returnInput(orderId);
    const first = await send(RETURN, input, customer);
    const { timeline } = first.order;
    expect(first).toMatchObject({ order: { id: orderId, status: 'RETURN_REQUESTED' }, refund: eur(1000), errors: [] });
    expect(timeline.at(-1)).toMatchObject({ cause: 'RETURN_REQUESTED', at: first.order.updatedAt });
    const refunded = () => ({ paymentId, refundId: newId(), amount: eur(1000), fullyRefunded: false });
    await shop.hear('payments.payment.refunded', orderId, refunded());
    expect(await send(RETURN, input, customer)).toEqual(first);
    expect(await shop.statusOf(orderId)).toBe('PAID');
    // Another return of the order is another key; the first answer stays as it was.
    expect((await send(RETURN, returnInput(orderId), customer)).errors).toEqual([]);
    await shop.hear('payments.payment.refunded', orderId, refunded());
    await shop.database.db
      .update(orders)
      .set({ paidAt: sql`now() - interval '31 days'` })
      .where(eq(orders.id, orderId));
    expect(await send(RETURN, { ...input, idempotencyKey: ` ${input.idempotencyKey} ` }, customer)).toEqual(first);
    expect((await shop.said(orderId)).filter((type) => type === 'return.requested')).toHaveLength(2);
  });

  it('cannot use a key again for another return of the order', async () => {
    const customer = shop.newCustomer();
    const [orderId, other] = [
      await shop.paidOrder(customer, [[product, 3]]),
      await shop.paidOrder(customer, [[product, 3]]),
    ];
    const input = returnInput(orderId);
    expect((await send(RETURN, input, customer)).errors).toEqual([]);
    for (const change of [{ reason: 'Too large' }, { lines: [{ ...input.lines[0], quantity: 2 }] }]) {
      expect(await send(RETURN, { ...input, ...change }, customer)).toMatchObject({
        order: null,
        refund: null,
        errors: [{ __typename: 'IdempotencyKeyReusedError', code: 'IDEMPOTENCY_KEY_REUSED' }],
      });
    }
    // Keys belong to an order.
    expect((await send(RETURN, { ...input, orderId: other }, customer)).errors).toEqual([]);
  });

  it('may ask again with the key of a return that was refused', async () => {
    const customer = shop.newCustomer();
    const orderId = await shop.order(customer, [[product, 1]]);
    const input = returnInput(orderId);
    expect((await send(RETURN, input, customer)).errors).toMatchObject([{ reason: 'NOT_PAID' }]);
    for (const type of ['inventory.stock.reserved', 'payments.payment.captured']) {
      await shop.hear(type, orderId, { paymentId });
    }
    expect((await send(RETURN, input, customer)).errors).toEqual([]);
  });

  it('asks for a return with one key many times at once, and gets one, and one answer', async () => {
    const customer = shop.newCustomer();
    const orderId = await shop.paidOrder(customer, [[product, 2]]);
    const input = returnInput(orderId);
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(RETURN, input, customer)));
    expect(answers[0]).toMatchObject({ refund: eur(1000), errors: [] });
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect((await shop.said(orderId)).filter((type) => type === 'return.requested')).toHaveLength(1);
  });

  it('leaves no trace of what was wrong with a return when the account is closed', async () => {
    const customer = shop.newCustomer();
    const orderId = await shop.paidOrder(customer, [[product, 1]]);
    const bystander = shop.newCustomer();
    const other = await shop.paidOrder(bystander, [[product, 1]]);
    await send(RETURN, returnInput(orderId), customer);
    await send(RETURN, returnInput(other), bystander);
    const closed = { userId: customer.userId };
    await shop.deliver({ type: 'users.account.closed.v1', subject: customer.userId, data: closed });
    const hashOf = async (id: string) => {
      const [row] = await shop.database.db.select().from(returnRequests).where(eq(returnRequests.orderId, id));
      return row?.requestHash;
    };
    expect(await hashOf(orderId)).toBeNull();
    expect(await hashOf(other)).toEqual(expect.any(String));
  });

  it('sends nothing back that is not paid, or was paid long ago, or paid back already', async () => {
    const customer = shop.newCustomer();
    const unpaid = await shop.order(customer, [[product, 1]]);
    const old = await shop.paidOrder(customer, [[product, 1]]);
    const repaid = await shop.paidOrder(customer, [[product, 1]]);
    const { db } = shop.database;
    await db.update(orders).set({ paidAt: sql`now() - interval '31 days'` }).where(eq(orders.id, old));
    const gift = { paymentId, refundId: newId(), amount: eur(1490), fullyRefunded: false };
    await shop.hear('payments.payment.refunded', repaid, gift);
    for (const [orderId, reason] of [
      [unpaid, 'NOT_PAID'],
      [old, 'TOO_LATE'],
      [repaid, 'NOTHING_LEFT'],
    ] as const) {
      const { errors } = await send(RETURN, returnInput(orderId), customer);
      expect(errors).toMatchObject([{ code: 'RETURN_NOT_POSSIBLE', reason }]);
    }
    expect(await shop.statusOf(old)).toBe('PAID');
  });

  it.each([
    ['nothing', { lines: [] }, { code: 'INVALID_INPUT', field: 'lines' }],
    ['with an empty key', { idempotencyKey: ' ' }, { code: 'INVALID_INPUT', field: 'idempotencyKey' }],
    ['with a long key', { idempotencyKey: 'k'.repeat(129) }, { code: 'INVALID_INPUT', field: 'idempotencyKey' }],
    ['no reason', { reason: ' ' }, { code: 'INVALID_INPUT', field: 'reason' }],
    ['a reason that is too long', { reason: 'x'.repeat(501) }, { code: 'INVALID_INPUT', field: 'reason' }],
    ['quantity 0', { quantity: 0 }, { code: 'INVALID_QUANTITY', min: 1, max: 99 }],
    ['quantity −1', { quantity: -1 }, { code: 'INVALID_QUANTITY' }],
    ['quantity 10^9', { quantity: 1_000_000_000 }, { code: 'INVALID_QUANTITY' }],
    ['a product that was not bought', { productId: newId() }, { code: 'INVALID_INPUT', field: 'lines.0.productId' }],
    ['a malformed product', { productId: 'x' }, { code: 'INVALID_INPUT', field: 'lines.0.productId' }],
    ['a product twice', { twice: true }, { code: 'INVALID_INPUT', field: 'lines.1.productId' }],
  ])(
    'cannot send back %s',
    async (_what, { quantity, productId, twice, ...change }: Record<string, unknown>, error) => {
      const customer = shop.newCustomer();
      const orderId = await shop.paidOrder(customer, [[product, 2]]);
      const line = { productId: productId ?? product.productId, quantity: quantity ?? 1 };
      const lines = twice === true ? [line, line] : [line];
      const input = { idempotencyKey: newId(), orderId, reason: 'Broken', lines, ...change };
      const { order, errors } = await send(RETURN, input, customer);
      expect(order).toBeNull();
      expect(errors).toMatchObject([error]);
      expect(await shop.statusOf(orderId)).toBe('PAID');
    },
  );

  it('does not reach somebody else’s order, nor one that is not there', async () => {
    const orderId = await shop.paidOrder(shop.newCustomer(), [[product, 1]]);
    const before = await shop.database.db.select().from(outbox);
    for (const id of [orderId, newId(), "x' or 1=1", '']) {
      const stranger = shop.newCustomer();
      const answers = [await send(CANCEL, { orderId: id }, stranger), await send(RETURN, returnInput(id), stranger)];
      for (const { errors } of answers) expect(errors).toMatchObject([{ code: 'NOT_FOUND' }]);
    }
    expect(await shop.database.db.select().from(outbox)).toHaveLength(before.length);
    for (const identity of [undefined, { kind: 'service', service: 'payments' } as const]) {
      await expect(send(CANCEL, { orderId }, identity)).rejects.toThrow('UNAUTHENTICATED');
      await expect(send(RETURN, returnInput(orderId), identity)).rejects.toThrow('UNAUTHENTICATED');
    }
  });

  it('cannot give a reason that is too long', async () => {
    const customer = shop.newCustomer();
    const orderId = await shop.order(customer);
    const { errors } = await send(CANCEL, { orderId, reason: 'x'.repeat(501) }, customer);
    expect(errors).toMatchObject([{ code: 'INVALID_INPUT', field: 'reason' }]);
  });
});
