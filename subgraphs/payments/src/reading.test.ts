import { anonymous, type Identity, newId } from '@tributary/service-kit';
import { eachEngine } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPayments, type TestPayments } from './testing/test-payments.ts';

const PAYMENT = `fragment payment on Payment { id order { id } status amount { amountMinor currency }
  refundedAmount { amountMinor } method { brand last4 } declineReason challenge { url } createdAt
  refunds { amount { amountMinor currency } status cause reason } }`;
const ONE = `query ($id: ID!) { payment(id: $id) { ...payment } } ${PAYMENT}`;
const PAGE = `query ($first: Int, $after: String, $status: PaymentStatus) {
  payments(first: $first, after: $after, status: $status) {
    nodes { ...payment } edges { cursor node { id } } pageInfo { hasNextPage endCursor } } } ${PAYMENT}`;
const LEDGER = `query ($first: Int, $after: String, $paymentId: ID) {
  ledgerTransactions(first: $first, after: $after, paymentId: $paymentId) {
    nodes { id payment { id } entries { account side amount { amountMinor } } postedAt }
    edges { cursor } pageInfo { hasNextPage endCursor } } }`;
const ACCOUNTS = '{ ledgerAccounts { account currency debitsMinor creditsMinor balanceMinor } }';
const ENTITIES = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
  ... on Order { id payments { ...payment } } ... on Payment { ...payment } } } ${PAYMENT}`;

eachEngine('payments', (open) => {
  let server: TestPayments;
  const owner = { kind: 'user', userId: newId(), roles: ['customer'] } as const;
  const service: Identity = { kind: 'service', service: 'orders' };
  const ids: string[] = [];
  const orderIds: string[] = [];
  beforeAll(async () => {
    server = await startPayments(await open());
    const methodId = await server.addCard(owner);
    for (let made = 0; made < 22; made++) {
      const orderId = await server.request({ customer: owner, methodId });
      const { id } = await server.reaches(orderId, 'AUTHORIZED');
      await server.hear('capture.requested', orderId);
      await server.reaches(orderId, 'CAPTURED');
      ids.unshift(id);
      orderIds.unshift(orderId);
    }
    await server.mutate(
      'refundPayment',
      { paymentId: ids[0], amount: { amountMinor: 1, currency: 'EUR' }, reason: 'Secret', idempotencyKey: newId() },
      server.admin,
    );
    await server.reaches(orderIds[0] ?? '', 'PARTIALLY_REFUNDED');
  });
  afterAll(() => server.stop());

  const entities = async (representations: object[], identity?: Identity) =>
    (await server.query(ENTITIES, { representations }, identity)).data._entities;
  const codeOf = async (document: string, variables: object, identity: Identity) =>
    (await server.query(document, { ...variables }, identity)).errors?.[0]?.extensions.code;

  it('are seen by their customer, administrators and services, each as far as it concerns them', async () => {
    const read = async (identity: Identity, id = ids[0]) => (await server.query(ONE, { id }, identity)).data.payment;
    const mine = await read(owner);
    expect(mine).toMatchObject({
      id: ids[0],
      order: { id: orderIds[0] },
      status: 'PARTIALLY_REFUNDED',
      amount: { amountMinor: 5000, currency: 'EUR' },
      refundedAmount: { amountMinor: 1 },
      method: { brand: 'Visa', last4: '4242' },
      declineReason: null,
      challenge: null,
      refunds: [{ amount: { amountMinor: 1, currency: 'EUR' }, status: 'SUCCEEDED', cause: 'ADMIN', reason: null }],
    });
    expect((await read(server.admin)).refunds).toMatchObject([{ reason: 'Secret' }]);
    expect(await read(service)).toMatchObject({ id: ids[0], method: null, refunds: [{ reason: null }] });
    for (const other of [anonymous, server.newCustomer()]) expect(await read(other)).toBeNull();
    for (const wrong of [newId(), 'nonsense', '']) expect(await read(server.admin, wrong)).toBeNull();
  });

  it('of an order are empty for everybody else, and for what is no order', async () => {
    const order = { __typename: 'Order', id: orderIds[0] };
    const payment = { __typename: 'Payment', id: ids[0] };
    for (const identity of [owner, server.admin, service]) {
      const seen = await entities([order, payment], identity);
      expect(seen).toMatchObject([{ payments: [{ id: ids[0] }] }, { id: ids[0] }]);
    }
    for (const identity of [anonymous, server.newCustomer()]) {
      expect(await entities([order, payment], identity)).toEqual([{ id: orderIds[0], payments: [] }, null]);
    }
    for (const id of [newId(), 'nonsense', '', ids[0]]) {
      const seen = await entities(
        [
          { ...order, id },
          { ...payment, id: newId() },
        ],
        server.admin,
      );
      expect(seen).toEqual([{ id, payments: [] }, null]);
    }
  });

  it('of 20 orders, and 20 payments by reference, cost two statements', async () => {
    for (const representations of [
      orderIds.slice(0, 20).map((id) => ({ __typename: 'Order', id })),
      ids.slice(0, 20).map((id) => ({ __typename: 'Payment', id })),
    ]) {
      const stop = server.countStatements();
      const found = await entities(representations, owner);
      expect(stop()).toHaveLength(2);
      expect(found).toHaveLength(20);
      expect(JSON.stringify(found)).toContain(ids[19]);
    }
  });

  it('are paged for administrators, newest first, of one status if asked', async () => {
    const stop = server.countStatements();
    const first = (await server.query(PAGE, { first: 20 }, server.admin)).data.payments;
    expect(stop()).toHaveLength(2);
    expect(first.nodes.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 20));
    const { endCursor, hasNextPage } = first.pageInfo;
    expect(hasNextPage).toBe(true);
    const rest = (await server.query(PAGE, { first: 20, after: endCursor }, server.admin)).data.payments;
    expect(rest.edges.map(({ node }: { node: { id: string } }) => node.id)).toEqual(ids.slice(20));
    expect(rest.pageInfo.hasNextPage).toBe(false);
    const some = (await server.query(PAGE, { status: 'PARTIALLY_REFUNDED' }, server.admin)).data.payments;
    expect(some.nodes).toMatchObject([{ id: ids[0] }]);
  });

  it('have a ledger that is paged for administrators', async () => {
    const stop = server.countStatements();
    const first = (await server.query(LEDGER, { first: 20 }, server.admin)).data.ledgerTransactions;
    expect(stop()).toHaveLength(3);
    expect(first.nodes).toHaveLength(20);
    const { endCursor: after } = first.pageInfo;
    const rest = (await server.query(LEDGER, { first: 20, after }, server.admin)).data.ledgerTransactions;
    expect(rest.nodes).toHaveLength(4);
    const own = (await server.query(LEDGER, { paymentId: ids[0] }, server.admin)).data.ledgerTransactions;
    expect(own.nodes).toHaveLength(3);
    for (const paymentId of [newId(), 'nonsense']) {
      const none = (await server.query(LEDGER, { paymentId }, server.admin)).data.ledgerTransactions;
      expect(none).toEqual({ nodes: [], edges: [], pageInfo: { hasNextPage: false, endCursor: null } });
    }
    expect((await server.query(ACCOUNTS, {}, server.admin)).data.ledgerAccounts).toEqual([
      {
        account: 'PROVIDER_CLEARING',
        currency: 'EUR',
        debitsMinor: '110000',
        creditsMinor: '1',
        balanceMinor: '109999',
      },
      { account: 'REFUNDS_PAYABLE', currency: 'EUR', debitsMinor: '1', creditsMinor: '1', balanceMinor: '0' },
      { account: 'SALES_RETURNS', currency: 'EUR', debitsMinor: '1', creditsMinor: '0', balanceMinor: '1' },
      { account: 'SALES_REVENUE', currency: 'EUR', debitsMinor: '0', creditsMinor: '110000', balanceMinor: '-110000' },
    ]);
  });

  it.each([
    ['payments', PAGE],
    ['ledgerTransactions', LEDGER],
  ])('refuse arguments of %s that are out of bounds', async (_name, document) => {
    for (const variables of [
      { first: 0 },
      { first: 101 },
      { first: -1 },
      { first: 1_000_000_000 },
      { after: 'nonsense' },
      { after: Buffer.from('["x"]').toString('base64url') },
    ]) {
      expect(await codeOf(document, variables, server.admin)).toBe('BAD_USER_INPUT');
    }
  });

  it.each([
    ['payments', PAGE],
    ['ledgerTransactions', LEDGER],
    ['ledgerAccounts', ACCOUNTS],
  ])('show %s to administrators alone', async (_name, document) => {
    expect(await codeOf(document, {}, server.admin)).toBeUndefined();
    expect(await codeOf(document, {}, owner)).toBe('FORBIDDEN');
    for (const identity of [anonymous, service]) expect(await codeOf(document, {}, identity)).toBe('UNAUTHENTICATED');
  });
});
