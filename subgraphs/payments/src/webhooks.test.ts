import { newId } from '@tributary/service-kit';
import { contractBreaches, eachEngine, openPglite, startTraceCollector, until } from '@tributary/service-kit/testing';
import { eq, inArray } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createForgetReports } from './domain/apply-webhook.ts';
import { SIGNATURE_TOLERANCE_SECONDS, signatureOf } from './provider/webhook-signature.ts';
import { inbox, payments, refunds } from './tables.ts';
import { startPayments, type TestPayments, type TestWebhook, testConfig } from './testing/test-payments.ts';
import { WEBHOOK_SECRET } from './testing/test-sandbox.ts';

const nowSeconds = () => Math.floor(Date.now() / 1000);

eachEngine('the provider’s webhook', (open) => {
  let server: TestPayments;
  beforeAll(async () => {
    server = await startPayments(await open());
  });
  afterAll(() => server.stop());

  const challenged = async () => {
    const orderId = await server.request({ token: 'tok_challenge' });
    return { orderId, paymentId: (await server.reaches(orderId, 'CHALLENGED')).id };
  };
  const answered = async (webhook: TestWebhook) => {
    const response = await server.webhook(webhook);
    const text = await response.text();
    return { status: response.status, code: text === '' ? undefined : JSON.parse(text).errors[0].extensions.code };
  };

  it('moves a payment on, once for each report', async () => {
    const { orderId, paymentId } = await challenged();
    const id = newId();
    const statuses = await Promise.all(
      Array.from({ length: 10 }, () => server.report('payment.authorized', { paymentId }, id)),
    );
    expect(statuses).toEqual(Array(10).fill(204));
    await server.reaches(orderId, 'AUTHORIZED');
    expect(await server.report('payment.authorized', { paymentId })).toBe(204);
    expect(await server.report('payment.declined', { paymentId, reason: 'CARD_DECLINED' }, id)).toBe(204);
    expect(await server.said(orderId)).toEqual(['challenged', 'authorized']);
    await server.reaches(orderId, 'AUTHORIZED');
  });

  it('tells of a decline, of an authorisation that lapsed, and of a capture that has overtaken everything', async () => {
    const declined = await challenged();
    await server.report('payment.declined', { paymentId: declined.paymentId, reason: 'CHALLENGE_FAILED' });
    expect(await server.reaches(declined.orderId, 'DECLINED')).toMatchObject({ declineReason: 'CHALLENGE_FAILED' });

    const lapsed = await server.request();
    const { id } = await server.reaches(lapsed, 'AUTHORIZED');
    await server.report('payment.voided', { paymentId: id });
    expect(await server.reaches(lapsed, 'DECLINED')).toMatchObject({ declineReason: 'AUTHORIZATION_EXPIRED' });
    expect(await server.said(lapsed)).toEqual(['authorized', 'declined']);

    const captured = await challenged();
    await server.report('payment.captured', { paymentId: captured.paymentId });
    expect(await server.reaches(captured.orderId, 'CAPTURED')).toMatchObject({ capturedMinor: 5000 });
    expect(await server.said(captured.orderId)).toEqual(['challenged', 'authorized', 'captured']);
  });

  it('that is old changes nothing about a payment that has ended', async () => {
    const { db } = server.database;
    const ended = async (orderId: string) =>
      until('the worker to have looked', async () => {
        const [payment] = await db.select().from(payments).where(eq(payments.orderId, orderId));
        return payment?.task === null ? payment : undefined;
      });
    const declined = await server.request({ token: 'tok_capture_fails' });
    await server.reaches(declined, 'AUTHORIZED');
    await server.hear('capture.requested', declined);
    const { id: declinedId } = await server.reaches(declined, 'DECLINED');
    const voided = await server.request();
    await server.reaches(voided, 'AUTHORIZED');
    await server.hear('payment.voided', voided);
    const { id: voidedId } = await server.reaches(voided, 'VOIDED');
    for (let times = 0; times < 2; times++) {
      for (const paymentId of [declinedId, voidedId]) await server.report('payment.authorized', { paymentId });
    }
    expect(await ended(declined)).toMatchObject({ status: 'DECLINED', declineReason: 'CAPTURE_FAILED' });
    expect(await ended(voided)).toMatchObject({ status: 'VOIDED' });
    expect(await server.said(declined)).toEqual(['authorized', 'declined']);
    expect(await server.said(voided)).toEqual(['authorized']);
  });

  it('settles a refund, which the worker’s own answer then finds settled', async () => {
    const { id, orderId } = await server.captured();
    await server.hear('return.requested', orderId, { amount: { amountMinor: 5000, currency: 'EUR' } });
    const [refund] = await server.database.db.select().from(refunds).where(eq(refunds.paymentId, id));
    expect(await server.report('payment.refunded', { refundId: refund?.id })).toBe(204);
    await server.reaches(orderId, 'REFUNDED');
    expect(await server.report('payment.refunded', { refundId: refund?.id })).toBe(204);
    expect(await server.report('payment.refunded', { refundId: newId() })).toBe(204);
    expect(await server.said(orderId)).toEqual(['authorized', 'captured', 'refunded']);
    expect(server.sandbox.charge(id)?.refunded_minor).toBeLessThanOrEqual(5000);
  });

  it('forgets reports once none can come again', async () => {
    const { db } = server.database;
    const [old, young] = [newId(), newId()];
    for (const id of [old, young]) await server.report('payment.authorized', { paymentId: newId() }, id);
    await db
      .update(inbox)
      .set({ handledAt: new Date(0) })
      .where(eq(inbox.eventId, old));
    await createForgetReports(server).run();
    const kept = await db
      .select({ id: inbox.eventId })
      .from(inbox)
      .where(inArray(inbox.eventId, [old, young]));
    expect(kept).toEqual([{ id: young }]);
  });

  it('answers 204 to what means nothing here', async () => {
    expect(await server.report('payout.paid', { anything: 1 })).toBe(204);
    expect(await server.report('payment.authorized', { paymentId: newId() })).toBe(204);
  });

  it('takes one of several signatures, while the secret is being changed', async () => {
    const body = JSON.stringify({ id: newId(), type: 'ping', data: {} });
    const t = String(nowSeconds());
    const right = signatureOf(WEBHOOK_SECRET, t, Buffer.from(body));
    expect((await answered({ body, signature: `t=${t}, v1=${'0'.repeat(64)}, v1=${right}` })).status).toBe(204);
  });

  it.each<[string, (body: string) => Partial<TestWebhook>]>([
    ['no signature', () => ({ signature: undefined })],
    ['an empty one', () => ({ signature: '' })],
    ['one by another secret', () => ({ secret: 'another secret, which is just as long as it' })],
    ['one of another body', () => ({ signature: `t=${nowSeconds()},v1=${'a'.repeat(64)}` })],
    ['a short one', () => ({ signature: `t=${nowSeconds()},v1=a` })],
    ['one without a time', (body) => ({ signature: `v1=${signatureOf(WEBHOOK_SECRET, '', Buffer.from(body))}` })],
    ['one that is too old', () => ({ timestamp: nowSeconds() - SIGNATURE_TOLERANCE_SECONDS - 2 })],
    ['one from the future', () => ({ timestamp: nowSeconds() + SIGNATURE_TOLERANCE_SECONDS + 2 })],
    ['a time that is none', () => ({ signature: `t=NaN,v1=${signatureOf(WEBHOOK_SECRET, 'NaN', Buffer.from('x'))}` })],
    [
      'one of another version',
      (body) => ({
        signature: `t=${nowSeconds()},v0=${signatureOf(WEBHOOK_SECRET, String(nowSeconds()), Buffer.from(body))}`,
      }),
    ],
  ])('refuses %s', async (_what, change) => {
    const { paymentId, orderId } = await challenged();
    const body = JSON.stringify({ id: newId(), type: 'payment.authorized', data: { paymentId } });
    expect(await answered({ body, ...change(body) })).toEqual({ status: 401, code: 'WEBHOOK_SIGNATURE_INVALID' });
    await server.reaches(orderId, 'CHALLENGED');
  });

  it.each([
    ['', 400, 'BAD_REQUEST'],
    ['{"id":', 400, 'BAD_REQUEST'],
    ['[]', 400, 'BAD_REQUEST'],
    ['{"id":"nonsense","type":"payment.authorized","data":{}}', 400, 'BAD_REQUEST'],
    [JSON.stringify({ id: newId(), type: 'payment.authorized', data: { paymentId: 'x' } }), 400, 'BAD_REQUEST'],
    [JSON.stringify({ id: newId(), type: 'payment.declined', data: { paymentId: newId() } }), 400, 'BAD_REQUEST'],
    [JSON.stringify({ id: newId(), type: 'x', data: 'x'.repeat(65_536) }), 413, 'PAYLOAD_TOO_LARGE'],
  ])('refuses the body %.60s', async (body, status, code) => {
    expect(await answered({ body })).toEqual({ status, code });
  });

  it('refuses other media types and methods', async () => {
    expect(await answered({ body: 'a=b', contentType: 'application/x-www-form-urlencoded' })).toEqual({
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
    });
    expect((await fetch(`${server.url}/webhooks/payments`)).status).toBe(404);
  });

  it('leaves the parsing of GraphQL requests as it is', async () => {
    expect((await server.query('{ __typename }')).data).toEqual({ __typename: 'Query' });
  });
});

it('a webhook’s trace is linked to the one in which the payment was asked for', async () => {
  await using collector = await startTraceCollector();
  const tracing = { enabled: true, endpoint: collector.endpoint };
  const database = await openPglite();
  const server = await startPayments(database, { ...testConfig, tracing });
  const orderId = await server.request({ token: 'tok_challenge' });
  const { id: paymentId } = await server.reaches(orderId, 'CHALLENGED');
  await server.report('payment.authorized', { paymentId });
  await server.reaches(orderId, 'AUTHORIZED');
  await server.stop();
  await database.close();
  const named = (name: string) => collector.spans.find((span) => span.name === name);
  const report = named('POST /webhooks/payments');
  const asked = named('process orders.payment.requested.v1');
  expect(report?.parentSpanId).toBeUndefined();
  expect(report?.links.map(({ traceId }) => traceId)).toEqual([asked?.traceId]);
  expect(named('send payments.payment.authorized.v1')?.traceId).toBe(report?.traceId);
  expect(contractBreaches(collector.spans)).toEqual([]);
});
