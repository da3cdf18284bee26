import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isSignedBy } from '../provider/webhook-signature.ts';
import { API_KEY, startTestSandbox, type TestSandbox, WEBHOOK_SECRET } from '../testing/test-sandbox.ts';

interface Heard {
  id: string;
  type: string;
  data: object;
  isSigned: boolean;
}

describe('the sandbox provider’s webhooks', () => {
  const heard: Heard[] = [];
  let answers: number[] = [];
  const merchant = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const header = request.headers['payment-signature'] as string;
    heard.push({ ...JSON.parse(body.toString()), isSigned: isSignedBy(WEBHOOK_SECRET, header, body) });
    response.writeHead(answers.shift() ?? 204, { location: '/elsewhere' }).end();
  });
  let url: string;
  beforeAll(async () => {
    await once(merchant.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(merchant.address() as AddressInfo).port}/webhooks`;
  });
  afterAll(() => {
    merchant.close();
    merchant.closeAllConnections();
  });
  beforeEach(() => {
    heard.length = 0;
    answers = [];
  });

  const post = async (sandbox: TestSandbox, path: string, body?: object, key: string = newId()) => {
    const response = await fetch(`${sandbox.url}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${API_KEY}`,
        'idempotency-key': key,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect(response.status).toBe(200);
    return key;
  };
  const charge = (sandbox: TestSandbox, token = 'tok_visa') =>
    post(sandbox, '/v1/charges', { token, amountMinor: 500, currency: 'EUR', reference: 'order 1' });

  it('tell, signed and once, of everything that happened', async () => {
    await using sandbox = await startTestSandbox({ webhooks: { url } });
    const paymentId = await charge(sandbox);
    await post(sandbox, `/v1/charges/${paymentId}/capture`);
    await post(sandbox, `/v1/charges/${paymentId}/capture`);
    const refundId = await post(sandbox, '/v1/refunds', { chargeKey: paymentId, amountMinor: 500 });
    await post(sandbox, '/v1/refunds', { chargeKey: paymentId, amountMinor: 1 });
    const declined = await charge(sandbox, 'tok_declined');
    const voided = await charge(sandbox, 'tok_challenge');
    await post(sandbox, `/v1/charges/${voided}/void`);
    // Nothing was charged: there is nothing to tell.
    await post(sandbox, `/v1/charges/${newId()}/void`);
    await until('all webhooks', () => heard.length === 5 && sandbox.undelivered() === 0);
    const told = new Set(heard.map(({ type, data, isSigned }) => JSON.stringify([type, data, isSigned])));
    expect(told).toEqual(
      new Set(
        [
          ['payment.authorized', { paymentId }, true],
          ['payment.captured', { paymentId }, true],
          ['payment.refunded', { refundId }, true],
          ['payment.declined', { paymentId: declined, reason: 'CARD_DECLINED' }, true],
          ['payment.voided', { paymentId: voided }, true],
        ].map((each) => JSON.stringify(each)),
      ),
    );
  });

  it.each([500, 401, 302])('come again, with the same id, to a merchant who answers with %d', async (status) => {
    await using sandbox = await startTestSandbox({ webhooks: { url } });
    answers = [status, status];
    await charge(sandbox);
    await until('the delivery', () => sandbox.undelivered() === 0 && heard.length === 3);
    expect(new Set(heard.map(({ id }) => id)).size).toBe(1);
    expect(heard.every(({ isSigned }) => isSigned)).toBe(true);
  });

  it('go on after a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tributary-webhooks-'));
    const file = join(folder, 'ledger.sqlite');
    const nobody = await startTestSandbox({ file, webhooks: { url: 'http://127.0.0.1:9/webhooks' } });
    const paymentId = await charge(nobody);
    await nobody.stop();
    await using sandbox = await startTestSandbox({ file, webhooks: { url } });
    await until('the delivery', () => sandbox.undelivered() === 0);
    expect(heard).toMatchObject([{ type: 'payment.authorized', data: { paymentId } }]);
    rmSync(folder, { recursive: true });
  });

  it('come as often as they are told to, in any order', async () => {
    await using sandbox = await startTestSandbox({ webhooks: { url, duplicates: 3, shuffle: true } });
    const made: string[] = [];
    for (let index = 0; index < 20; index++) made.push(await charge(sandbox));
    await until('the deliveries', () => sandbox.undelivered() === 0);
    const order = heard.map(({ data }) => made.indexOf((data as { paymentId: string }).paymentId));
    expect(new Set(heard.map(({ id }) => id)).size).toBe(20);
    expect(order.toSorted((a, b) => a - b)).toEqual(made.flatMap((_, index) => [index, index, index]));
    expect(order).not.toEqual(order.toSorted((a, b) => a - b));
  });
});
