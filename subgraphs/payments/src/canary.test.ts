import { type Identity, newId } from '@tributary/service-kit';
import { eachEngine, startTestSubgraph, until } from '@tributary/service-kit/testing';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { signatureOf } from './provider/webhook-signature.ts';
import { subgraph } from './subgraph.ts';
import { testConfig } from './testing/test-payments.ts';
import { startTestSandbox, WEBHOOK_SECRET } from './testing/test-sandbox.ts';

const CARD_NUMBER = '4929000000006417';
const TOKEN = 'tok_mastercard';
/** Of names, tokens, codes and texts; part of the secret too. */
const SECRETS = [
  /canary/i,
  new RegExp(CARD_NUMBER),
  new RegExp(TOKEN),
  /a secret of the tests/,
  /an API key/,
  /tok_challenge/,
];
const OPERATIONS = `
  mutation Add($input: AddPaymentMethodInput!) { addPaymentMethod(input: $input) { paymentMethod { id } errors { ...E } } }
  mutation Remove($input: RemovePaymentMethodInput!) { removePaymentMethod(input: $input) { errors { ...E } } }
  mutation Answer($input: CompletePaymentChallengeInput!) { completePaymentChallenge(input: $input) { errors { ...E } } }
  mutation Refund($input: RefundPaymentInput!) { refundPayment(input: $input) { errors { ...E } } }
  fragment E on DomainError { __typename code message }
`;

eachEngine('what is secret', (open) => {
  it('is in no log line, event, metric or error, whatever happens', async () => {
    await using database = await open();
    await using sandbox = await startTestSandbox({ log: { level: 'trace' } });
    const provider = { ...testConfig.provider, url: sandbox.url };
    const config = { ...testConfig, provider, log: { level: 'trace' } } as const;
    await using server = await startTestSubgraph(subgraph, { database, config });
    const told: string[] = [];
    const send = async (operationName: string, input: object, identity: Identity = customer) => {
      const answer = await server.query<Answer>(OPERATIONS, { input }, identity, operationName);
      const payload = Object.values(answer.data ?? {})[0];
      told.push(JSON.stringify([answer.errors, payload?.errors]));
      return {
        id: payload?.paymentMethod?.id,
        code: answer.errors?.[0]?.extensions.code ?? payload?.errors?.[0]?.code,
      };
    };
    const hear = (type: string, data: object) => server.deliver({ type, subject: 'test', data });
    const report = async (body: string, secret = WEBHOOK_SECRET) => {
      const timestamp = String(Math.floor(Date.now() / 1000));
      const signature = `t=${timestamp},v1=${signatureOf(secret, timestamp, Buffer.from(body))}`;
      const headers = { 'content-type': 'application/json', 'payment-signature': signature };
      const response = await fetch(`${server.url}/webhooks/payments`, { method: 'POST', headers, body });
      told.push(await response.text());
      return response.status;
    };
    const customer = { kind: 'user', userId: newId(), roles: ['customer'] } as const;
    const admin = { kind: 'user', userId: newId(), roles: ['admin'] } as const;

    const method = await send('Add', { token: TOKEN, label: 'Canary label' });
    const challenged = await send('Add', { token: 'tok_challenge' });
    const amount = { amountMinor: 100, currency: 'EUR' };
    const refund = { paymentId: newId(), amount, reason: 'Canary', idempotencyKey: 'canary' };
    const codes = [
      await send('Add', { token: CARD_NUMBER }),
      await send('Add', { token: TOKEN, label: CARD_NUMBER }),
      await send('Add', { token: { canary: CARD_NUMBER } }),
      await send('Add', { token: Number(CARD_NUMBER) }),
      await send('Add', { token: TOKEN, canary: CARD_NUMBER }),
      await send('Add', { token: 'tok_canary' }),
      await send('Add', { token: 'tok canary' }),
      await send('Remove', { id: CARD_NUMBER }),
      await send('Answer', { paymentId: newId(), code: CARD_NUMBER }),
      await send('Answer', { paymentId: CARD_NUMBER, code: 'canary' }),
      await send('Refund', { ...refund, reason: CARD_NUMBER }, admin),
      await send('Refund', { ...refund, idempotencyKey: CARD_NUMBER }, admin),
      await send('Refund', { ...refund, amount: { amountMinor: Number(CARD_NUMBER), currency: 'EUR' } }, admin),
      await send('Refund', refund, admin),
    ].map(({ code }) => code);
    expect(codes).toEqual([
      'CARD_NUMBER_REFUSED',
      'CARD_NUMBER_REFUSED',
      'BAD_USER_INPUT',
      'BAD_USER_INPUT',
      'BAD_USER_INPUT',
      'PAYMENT_TOKEN_REJECTED',
      'INVALID_INPUT',
      'NOT_FOUND',
      'CARD_NUMBER_REFUSED',
      'NOT_FOUND',
      'CARD_NUMBER_REFUSED',
      'CARD_NUMBER_REFUSED',
      'BAD_USER_INPUT',
      'NOT_FOUND',
    ]);

    const statusOf = async (orderId: string) => {
      const found = await server.database.db.execute(
        sql`select id, status from payments.payments where order_id = ${orderId}`,
      );
      return (found as unknown as { rows: { id: string; status: string }[] }).rows[0];
    };
    const pay = async (paymentMethodId: string | undefined, status: string) => {
      const orderId = newId();
      await hear('orders.payment.requested.v1', { orderId, customerId: customer.userId, paymentMethodId, amount });
      const reached = async () => {
        const payment = await statusOf(orderId);
        return payment?.status === status ? payment : undefined;
      };
      return { orderId, paymentId: (await until(status, reached)).id };
    };
    const { orderId, paymentId } = await pay(method.id, 'AUTHORIZED');
    await hear('orders.capture.requested.v1', { orderId });
    await until('the capture', async () => (await statusOf(orderId))?.status === 'CAPTURED');
    expect((await send('Refund', { ...refund, paymentId }, admin)).code).toBeUndefined();
    await until('the refund', async () => (await statusOf(orderId))?.status === 'REFUNDED');
    const waiting = await pay(challenged.id, 'CHALLENGED');
    for (const code of ['WRONG_CHALLENGE_CODE', 'WRONG_CHALLENGE_CODE', undefined]) {
      expect((await send('Answer', { paymentId: waiting.paymentId, code: 'canary' })).code).toBe(code);
    }

    expect(await report(`{"canary":"${CARD_NUMBER}"`)).toBe(400);
    expect(await report(JSON.stringify({ id: 'canary', type: TOKEN, data: CARD_NUMBER }))).toBe(400);
    expect(await report(JSON.stringify({ id: newId(), type: 'canary', data: CARD_NUMBER }))).toBe(204);
    expect(await report('{}', 'a canary in place of the secret')).toBe(401);

    // A database that fails in the midst of a statement quotes its parameters.
    await server.database.db.execute(sql`alter table payments.payment_methods rename column label to missing`);
    expect((await send('Add', { token: TOKEN, label: 'Canary again' })).code).toBe('INTERNAL_SERVER_ERROR');
    await server.database.db.execute(sql`alter table payments.payment_methods rename column missing to label`);
    await hear('users.account.closed.v1', { userId: customer.userId });

    told.push(JSON.stringify(await server.published()));
    const { rows } = (await server.database.db.execute(sql`select * from payments.outbox`)) as unknown as {
      rows: object[];
    };
    expect(rows.length).toBeGreaterThanOrEqual(5);
    told.push(JSON.stringify(rows), await server.metrics.scrape());
    await server.stop();
    told.push(...server.logLines, ...sandbox.logLines);
    expect(sandbox.logLines.length).toBeGreaterThan(5);

    const kept = await database.open('payments', new URL('..', import.meta.url));
    const wallet = (await kept.db.execute(sql`select * from payments.payment_methods`)) as unknown as {
      rows: object[];
    };
    expect(wallet.rows).toEqual([]);
    expect(told.filter((text) => text.includes('payments.payment.refunded.v1'))).not.toEqual([]);
    expect(told.filter((text) => text.includes('"message":"resolver failed"'))).toHaveLength(1);
    for (const text of told) for (const canary of SECRETS) expect(text).not.toMatch(canary);
  });
});

type Answer = Record<string, { paymentMethod?: { id: string } | null; errors?: { code: string }[] } | null>;
