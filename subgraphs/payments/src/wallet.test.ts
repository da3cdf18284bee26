import { anonymous, type Identity, newId } from '@tributary/service-kit';
import { eachEngine } from '@tributary/service-kit/testing';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { insertPaymentMethod, lockOpenWallet } from './store/wallet-store.ts';
import { paymentMethods, payments } from './tables.ts';
import { startPayments, type TestPayments } from './testing/test-payments.ts';

const LIST = '{ paymentMethods { id brand last4 label isDefault } }';

eachEngine('a wallet', (open) => {
  let server: TestPayments;
  beforeAll(async () => {
    server = await startPayments(await open());
  });
  afterAll(() => server.stop());

  const listed = async (identity: Identity) => (await server.query(LIST, {}, identity)).data.paymentMethods;

  it('keeps what the provider says of a token, and the token itself to itself', async () => {
    const customer = server.newCustomer();
    const input = { token: 'tok_visa', label: '  Mine ' };
    const { paymentMethod, errors } = await server.mutate('addPaymentMethod', input, customer);
    expect(errors).toEqual([]);
    expect(paymentMethod).toEqual({
      id: expect.any(String),
      brand: 'Visa',
      last4: '4242',
      expiryMonth: 12,
      expiryYear: 2030,
      label: 'Mine',
      isDefault: true,
    });
    expect(await listed(customer)).toMatchObject([{ id: paymentMethod.id, label: 'Mine' }]);
    expect(await listed(server.newCustomer())).toEqual([]);
    expect((await server.query(LIST)).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    const field = await server.query('{ paymentMethods { token } }', {}, customer);
    expect(field.errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  it('has one default: the first, the chosen one, or the newest that is left', async () => {
    const customer = server.newCustomer();
    const ids = [await server.addCard(customer), await server.addCard(customer), await server.addCard(customer)];
    const defaults = async () =>
      (await listed(customer)).filter((method: { isDefault: boolean }) => method.isDefault).map(idOf);
    expect(await defaults()).toEqual([ids[0]]);
    await server.mutate('setDefaultPaymentMethod', { id: ids[1] }, customer);
    expect(await defaults()).toEqual([ids[1]]);
    await server.mutate('removePaymentMethod', { id: ids[0] }, customer);
    expect(await defaults()).toEqual([ids[1]]);
    const { paymentMethod } = await server.mutate('removePaymentMethod', { id: ids[1] }, customer);
    expect(paymentMethod).toMatchObject({ id: ids[1], isDefault: true });
    expect(await defaults()).toEqual([ids[2]]);
    await server.mutate('removePaymentMethod', { id: ids[2] }, customer);
    expect(await listed(customer)).toEqual([]);
    expect((await server.mutate('addPaymentMethod', { token: 'tok_visa' }, customer)).paymentMethod.isDefault).toBe(
      true,
    );
  });

  it.each([
    ['4242424242424242', 'CARD_NUMBER_REFUSED', 'token'],
    ['4242 4242-4242.4241', 'CARD_NUMBER_REFUSED', 'token'],
    ['tok_4242424242424', 'CARD_NUMBER_REFUSED', 'token'],
    ['４２４２４２４２４２４２４２４２', 'CARD_NUMBER_REFUSED', 'token'],
    ['tok_unheard_of', 'PAYMENT_TOKEN_REJECTED', undefined],
    ['tok visa', 'INVALID_INPUT', 'token'],
    ['', 'INVALID_INPUT', 'token'],
    ['tok_\u0000', 'INVALID_INPUT', 'token'],
    [`tok_${'x'.repeat(200)}`, 'INVALID_INPUT', 'token'],
  ])('refuses the token %j', async (token, code, field) => {
    const customer = server.newCustomer();
    const { paymentMethod, errors } = await server.mutate('addPaymentMethod', { token }, customer);
    expect(paymentMethod).toBeNull();
    expect(errors).toEqual([{ __typename: expect.any(String), code, ...(field === undefined ? {} : { field }) }]);
    expect(await listed(customer)).toEqual([]);
  });

  it.each([
    ['4242 4242 4242 4242', 'CARD_NUMBER_REFUSED'],
    ['x'.repeat(51), 'INVALID_INPUT'],
    ['two\nlines', 'INVALID_INPUT'],
    ['half \ud800', 'INVALID_INPUT'],
  ])('refuses the label %j', async (label, code) => {
    const refused = await server.mutate('addPaymentMethod', { token: 'tok_visa', label }, server.newCustomer());
    expect(refused.errors).toMatchObject([{ code, field: 'label' }]);
  });

  it('opens to its owner alone', async () => {
    const owner = server.newCustomer();
    const id = await server.addCard(owner);
    const oddIssuer: Identity = { kind: 'user', userId: 'somebody|else', roles: ['customer'] };
    for (const name of ['removePaymentMethod', 'setDefaultPaymentMethod']) {
      for (const other of [server.newCustomer(), server.admin]) {
        expect((await server.mutate(name, { id }, other)).errors).toMatchObject([{ code: 'NOT_FOUND' }]);
      }
      for (const wrong of [newId(), 'nonsense', '']) {
        expect((await server.mutate(name, { id: wrong }, owner)).errors).toMatchObject([{ code: 'NOT_FOUND' }]);
      }
      expect(await server.mutate(name, { id }, oddIssuer)).toBe('UNAUTHENTICATED');
    }
    for (const [name, input] of [
      ['addPaymentMethod', { token: 'tok_visa' }],
      ['removePaymentMethod', { id }],
      ['setDefaultPaymentMethod', { id }],
    ] as const) {
      expect(await server.mutate(name, input, anonymous)).toBe('UNAUTHENTICATED');
      expect(await server.mutate(name, input, { kind: 'service', service: 'orders' })).toBe('UNAUTHENTICATED');
    }
    expect(await listed(owner)).toHaveLength(1);
  });

  it('holds ten, also when they come at once', async () => {
    const customer = server.newCustomer();
    const adding = Array.from({ length: 12 }, () => server.mutate('addPaymentMethod', { token: 'tok_visa' }, customer));
    const refusals = (await Promise.all(adding)).flatMap(({ errors }) => errors);
    expect(refusals).toEqual(
      Array(2).fill({ __typename: 'TooManyPaymentMethodsError', code: 'TOO_MANY_PAYMENT_METHODS', limit: 10 }),
    );
    const kept = await listed(customer);
    expect(kept).toHaveLength(10);
    expect(kept.filter((method: { isDefault: boolean }) => method.isDefault)).toHaveLength(1);
  });

  it('holds a card that no other holds, unless it is a test card of everybody', async () => {
    const { db } = server.database;
    const insert = async (token: string, isShared: boolean) => {
      const { userId } = server.newCustomer();
      await lockOpenWallet(db, userId);
      const card = { brand: 'Visa', last4: '4242', expiryMonth: 12, expiryYear: 2030, label: null, isDefault: true };
      return insertPaymentMethod(db, { ...card, id: newId(), userId, token, isShared });
    };
    expect(await insert('pm_of_one', false)).toBeDefined();
    expect(await insert('pm_of_one', false)).toBeUndefined();
    for (let times = 0; times < 2; times++) expect(await insert('tok_of_all', true)).toBeDefined();
  });

  it('is erased with the account, and stays empty; payments stay, without the card', async () => {
    const customer = server.newCustomer();
    const { orderId } = await server.captured({ customer });
    const { userId } = customer;
    await server.deliver({ type: 'users.account.closed.v1', subject: userId, data: { userId } });
    expect(await server.mutate('addPaymentMethod', { token: 'tok_visa' }, customer)).toBe('UNAUTHENTICATED');
    const { db } = server.database;
    expect(await db.select().from(paymentMethods).where(eq(paymentMethods.userId, userId))).toEqual([]);
    const [payment] = await db.select().from(payments).where(eq(payments.orderId, orderId));
    expect(payment).toMatchObject({ status: 'CAPTURED', cardBrand: null, cardLast4: null });
    await server.hear('return.requested', orderId, { amount: { amountMinor: 5000, currency: 'EUR' } });
    await server.reaches(orderId, 'REFUNDED');
  });
});

const idOf = ({ id }: { id: string }) => id;
