import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@tributary/service-kit';
import { eachEngine, until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPayments, type TestPayments, testConfig } from './testing/test-payments.ts';
import { startTestSandbox, type TestSandbox } from './testing/test-sandbox.ts';
import { type Fate, startTestWire, type TestWire } from './testing/test-wire.ts';

const CHARGE = 'POST /v1/charges';

/** The provider in another process, over a wire that loses things. */
eachEngine('a provider that cannot be relied upon', (open) => {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-faults-'));
  const file = join(folder, 'ledger.sqlite');
  let wire: TestWire;
  let sandbox: TestSandbox;
  let server: TestPayments;
  beforeAll(async () => {
    sandbox = await startTestSandbox({ file });
    wire = await startTestWire(sandbox.url);
    const provider = { ...testConfig.provider, url: wire.url };
    server = await startPayments(await open(), { ...testConfig, provider }, sandbox);
  });
  afterAll(async () => {
    await server.stop();
    await wire[Symbol.asyncDispose]();
    await sandbox.stop();
    rmSync(folder, { recursive: true });
  });

  /** Of the first request of that kind; everything else passes. */
  const firstOf = (line: string, fate: Fate) => {
    let met = false;
    wire.requests.length = 0;
    wire.fateOf = (each) => {
      if (met || each !== line) return 'passes';
      met = true;
      return fate;
    };
  };
  const kindsOf = (key: string) => sandbox.movements(key).map(({ kind }) => kind);
  const isUp = async () =>
    /external_service_up\{service="payment-provider"\} (\d)/.exec(await server.metrics.scrape())?.[1];

  it('that dies before it has charged is asked what became of it, and then charges once', async () => {
    firstOf(CHARGE, 'request lost');
    const { id, orderId } = await server.captured();
    expect(wire.requests.slice(1, 3)).toEqual([
      { line: CHARGE, fate: 'request lost' },
      { line: `GET /v1/charges/${id}`, fate: 'passes' },
    ]);
    expect(wire.requests).toContainEqual({ line: CHARGE, fate: 'passes' });
    expect(kindsOf(id)).toEqual(['AUTHORIZED', 'CAPTURED']);
    expect(sandbox.charge(id)).toMatchObject({ reference: orderId, currency: 'EUR', amount_minor: 5000 });
    expect(await server.said(orderId)).toEqual(['authorized', 'captured']);
  });

  it('that dies after it has charged is asked, and never told to charge again', async () => {
    firstOf(CHARGE, 'answer lost');
    const { id, orderId } = await server.captured();
    expect(wire.requests.filter(({ line }) => line === CHARGE)).toHaveLength(1);
    expect(wire.requests).toContainEqual({ line: `GET /v1/charges/${id}`, fate: 'passes' });
    expect(kindsOf(id)).toEqual(['AUTHORIZED', 'CAPTURED']);
    expect(await server.said(orderId)).toEqual(['authorized', 'captured']);
  });

  it.each(['request lost', 'answer lost'] as const)('collects once when of a capture the %s', async (fate) => {
    const orderId = await server.request();
    const { id } = await server.reaches(orderId, 'AUTHORIZED');
    firstOf(`POST /v1/charges/${id}/capture`, fate);
    await server.hear('capture.requested', orderId);
    await server.reaches(orderId, 'CAPTURED');
    expect(kindsOf(id)).toEqual(['AUTHORIZED', 'CAPTURED']);
  });

  it.each(['request lost', 'answer lost'] as const)('gives back once when of a refund the %s', async (fate) => {
    wire.fateOf = () => 'passes';
    const { id, orderId } = await server.captured();
    firstOf('POST /v1/refunds', fate);
    await server.hear('return.requested', orderId, { amount: { amountMinor: 5000, currency: 'EUR' } });
    await server.reaches(orderId, 'REFUNDED');
    expect(kindsOf(id)).toEqual(['AUTHORIZED', 'CAPTURED', 'REFUNDED']);
    expect(sandbox.refunds(id)).toMatchObject([{ amount_minor: 5000, status: 'SUCCEEDED' }]);
  });

  it('that is slower than the time-out charges once, whatever was asked in between', async () => {
    await using database = await open();
    const provider = { ...testConfig.provider, timeout: '1s' };
    await using impatient = await startPayments(database, { ...testConfig, provider });
    const customer = impatient.newCustomer();
    // On a busy machine the first answers may take longer than that.
    const methodId: string = await until(
      'a payment method',
      async () => (await impatient.mutate('addPaymentMethod', { token: 'tok_slow' }, customer)).paymentMethod?.id,
    );
    const orderId = await impatient.request({ customer, methodId });
    const { id } = await impatient.reaches(orderId, 'AUTHORIZED');
    expect(impatient.sandbox.movements(id).map(({ kind }) => kind)).toEqual(['AUTHORIZED']);
    expect(impatient.sandbox.charges()).toHaveLength(1);
    expect(await impatient.said(orderId)).toEqual(['authorized']);
  });

  it('that is restarted after its answer was lost still knows what it has done', async () => {
    wire.fateOf = (line) => (line === CHARGE ? 'answer lost' : line.startsWith('GET') ? 'request lost' : 'passes');
    const orderId = await server.request();
    const { id } = await server.reaches(orderId, 'PENDING');
    await until('the charge', () => sandbox.charge(id));
    await until('the provider to be seen as down', async () => (await isUp()) === '0');
    wire.target = undefined;
    await sandbox.stop();
    sandbox = await startTestSandbox({ file });
    wire.fateOf = () => 'passes';
    wire.target = sandbox.url;
    await server.reaches(orderId, 'AUTHORIZED');
    expect(kindsOf(id)).toEqual(['AUTHORIZED']);
    expect(await isUp()).toBe('1');
  });

  it('that has collected, unheard, what is then cancelled gives all of it back', async () => {
    wire.fateOf = (line) => (line.endsWith('/capture') ? 'answer lost' : 'passes');
    const orderId = await server.request();
    const { id } = await server.reaches(orderId, 'AUTHORIZED');
    await server.hear('capture.requested', orderId);
    await until('the capture', () => sandbox.charge(id)?.status === 'CAPTURED');
    await server.hear('payment.voided', orderId);
    await server.reaches(orderId, 'REFUNDED');
    expect(kindsOf(id)).toEqual(['AUTHORIZED', 'CAPTURED', 'REFUNDED']);
    expect(sandbox.charge(id)?.refunded_minor).toBe(5000);
    expect(await server.said(orderId)).toEqual(['authorized', 'captured', 'refunded']);
  });

  it('that has charged, unheard, what is then cancelled lets go of it', async () => {
    wire.fateOf = (line) => (line === CHARGE || line.startsWith('GET') ? 'answer lost' : 'passes');
    const orderId = await server.request();
    const { id } = await server.reaches(orderId, 'PENDING');
    await until('the charge', () => sandbox.charge(id));
    await server.hear('payment.voided', orderId);
    await server.reaches(orderId, 'VOIDED');
    expect(kindsOf(id)).toEqual(['AUTHORIZED', 'VOIDED']);
    expect(await server.said(orderId)).toEqual([]);
  });

  it('leaves a customer’s mutation with SERVICE_UNAVAILABLE, and nothing done', async () => {
    wire.fateOf = () => 'answer lost';
    const customer = server.newCustomer();
    expect(await server.mutate('addPaymentMethod', { token: 'tok_visa' }, customer)).toBe('SERVICE_UNAVAILABLE');
    const { data } = await server.query('{ paymentMethods { id } }', {}, customer);
    expect(data.paymentMethods).toEqual([]);
  });
});

eachEngine('webhooks of the sandbox', (open) => {
  let front: TestWire;
  let sandbox: TestSandbox;
  let server: TestPayments;
  beforeAll(async () => {
    front = await startTestWire();
    const webhooks = { url: `${front.url}/webhooks/payments`, duplicates: 3, shuffle: true };
    sandbox = await startTestSandbox({ webhooks });
    server = await startPayments(await open(), testConfig, sandbox);
    front.target = server.url;
  });
  afterAll(async () => {
    await server.stop();
    await sandbox.stop();
    await front[Symbol.asyncDispose]();
  });

  const heard = async (outcome: string) =>
    Number(
      new RegExp(`payment_webhooks_total\\{outcome="${outcome}",.*\\} (\\d+)`).exec(
        await server.metrics.scrape(),
      )?.[1] ?? 0,
    );

  it('that come three times and in any order change nothing about how payments end', async () => {
    const paid = await Promise.all(Array.from({ length: 5 }, () => server.captured()));
    const returned = paid.slice(0, 2);
    for (const { orderId } of returned) {
      await server.hear('return.requested', orderId, { amount: { amountMinor: 2000, currency: 'EUR' } });
      await server.hear('return.requested', orderId, { amount: { amountMinor: 3000, currency: 'EUR' } });
    }
    const voided = await server.request();
    await server.reaches(voided, 'AUTHORIZED');
    await server.hear('payment.voided', voided);
    const declined = await server.request({ token: 'tok_declined' });
    const uncollectable = await server.request({ token: 'tok_capture_fails' });
    await server.reaches(uncollectable, 'AUTHORIZED');
    await server.hear('capture.requested', uncollectable);
    const lost = await server.request({ token: 'tok_timeout_then_charged' });
    for (const { orderId } of returned) await server.reaches(orderId, 'REFUNDED');
    await server.reaches(lost, 'AUTHORIZED');
    await until('every webhook to be delivered', () => sandbox.undelivered() === 0);

    for (const { orderId } of paid.slice(2)) {
      await server.reaches(orderId, 'CAPTURED');
      expect(await server.said(orderId)).toEqual(['authorized', 'captured']);
    }
    for (const { orderId, id } of returned) {
      expect(await server.reaches(orderId, 'REFUNDED')).toMatchObject({ capturedMinor: 5000, refundedMinor: 5000 });
      expect(await server.said(orderId)).toEqual(['authorized', 'captured', 'refunded', 'refunded']);
      expect(sandbox.movements(id).filter(({ kind }) => kind === 'CAPTURED')).toHaveLength(1);
    }
    const { id } = await server.reaches(voided, 'VOIDED');
    expect(sandbox.charge(id)?.status).toBe('VOIDED');
    expect(await server.said(voided)).toEqual(['authorized']);
    expect(await server.said(lost)).toEqual(['authorized']);
    await server.reaches(declined, 'DECLINED');
    expect(await server.said(declined)).toEqual(['declined']);
    expect(await server.reaches(uncollectable, 'DECLINED')).toMatchObject({ declineReason: 'CAPTURE_FAILED' });
    expect(await server.said(uncollectable)).toEqual(['authorized', 'declined']);
    // Each came three times: two of three were repetitions.
    const told = front.requests.filter(({ fate }) => fate === 'passes').length;
    expect(await heard('repeated')).toBe((told / 3) * 2);
    expect((await heard('applied')) + (await heard('refused'))).toBe(told / 3);
  });

  it('take effect once when 20 of one come at once', async () => {
    const orderId = await server.request({ token: 'tok_challenge' });
    const { id: paymentId } = await server.reaches(orderId, 'CHALLENGED');
    const [applied, repeated] = [await heard('applied'), await heard('repeated')];
    const id = newId();
    const reporting = Array.from({ length: 20 }, () => server.report('payment.authorized', { paymentId }, id));
    expect(new Set(await Promise.all(reporting))).toEqual(new Set([204]));
    await server.reaches(orderId, 'AUTHORIZED');
    expect(await server.said(orderId)).toEqual(['challenged', 'authorized']);
    expect([(await heard('applied')) - applied, (await heard('repeated')) - repeated]).toEqual([1, 19]);
  });

  it('are counted by what became of them', async () => {
    const before = await Promise.all(['unknown', 'malformed', 'bad_signature'].map(heard));
    await server.report('payment.captured', { paymentId: newId() });
    await server.report('payment.refunded', { refundId: newId() });
    await server.report('payout.paid', {});
    await server.webhook({ body: '{' });
    await server.webhook({ body: '{}', secret: 'another secret, which is just as long as it' });
    const after = await Promise.all(['unknown', 'malformed', 'bad_signature'].map(heard));
    expect(after.map((count, index) => count - (before[index] ?? 0))).toEqual([3, 1, 1]);
  });
});
