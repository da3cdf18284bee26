import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inEntrySpan, Secret } from '@tributary/service-kit';
import { contractBreaches, recordSpans } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createSandboxClient } from './sandbox-client.ts';
import { createStripeClient } from './stripe-client.ts';

const CANARY = 'canary';
const TRACE_ID = 'a'.repeat(32);
const TRACEPARENT = `00-${TRACE_ID}-${'b'.repeat(16)}-01`;

describe('a call of the payment provider', () => {
  const { tracer, take } = recordSpans('payments');
  let status = 200;
  let seen: IncomingHttpHeaders = {};
  const server = createServer((request, response) => {
    seen = request.headers;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ id: CANARY, error: {} }));
  });
  let url: string;
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    status = 200;
    take();
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  const inTask = (call: () => Promise<unknown>) =>
    inEntrySpan(tracer, 'payment CAPTURE', TRACEPARENT, { attributes: { 'payment.attempts': 1 } }, async () => {
      await call().catch(() => {});
    });
  async function spanOf(call: () => Promise<unknown>) {
    await inTask(call);
    const [span, task, ...others] = take();
    expect(others).toEqual([]);
    expect(span).toMatchObject({ kind: 'CLIENT', parentSpanId: task?.spanId, traceId: TRACE_ID });
    expect(contractBreaches([span, task].filter((each) => each !== undefined))).toEqual([]);
    expect(JSON.stringify(span)).not.toContain(CANARY);
    return { name: span?.name, hasFailed: span?.hasFailed, attributes: span?.attributes, spanId: span?.spanId };
  }
  const here = () => ({ 'server.address': '127.0.0.1', 'server.port': (server.address() as AddressInfo).port });

  const askSandbox = (path: string, over: object = {}) =>
    createSandboxClient({ url, apiKey: new Secret(CANARY), ...over })({
      method: 'POST',
      path,
      idempotencyKey: CANARY,
      body: { token: CANARY },
      answer: z.object({ id: z.string() }),
      signal: AbortSignal.timeout(1000),
    });
  const askStripe = () =>
    createStripeClient({ kind: 'stripe', url, secretKey: new Secret(CANARY), timeout: 1000 } as never).ask(
      AbortSignal.timeout(1000),
      (stripe) => stripe.paymentIntents.confirm(`pi_${CANARY}`),
    );

  it('is a span with the path but for its ids, in the trace of the task; our own sandbox is told of it', async () => {
    const { spanId, ...span } = await spanOf(() => askSandbox(`/v1/charges/${CANARY}/capture`));
    expect(span).toEqual({
      name: 'POST /v1/charges/{key}/capture',
      hasFailed: false,
      attributes: {
        'http.request.method': 'POST',
        'url.template': '/v1/charges/{key}/capture',
        'http.response.status_code': 200,
        ...here(),
      },
    });
    expect(seen.traceparent).toBe(`00-${TRACE_ID}-${spanId}-01`);
    expect((await spanOf(() => askSandbox(`/v1/statement?since=${CANARY}`))).name).toBe('POST /v1/statement');
  });

  it('of Stripe is one too, and Stripe is told of no trace', async () => {
    const { spanId: _, ...span } = await spanOf(askStripe);
    expect(span).toEqual({
      name: 'POST /v1/payment_intents/{id}/confirm',
      hasFailed: false,
      attributes: {
        'http.request.method': 'POST',
        'url.template': '/v1/payment_intents/{id}/confirm',
        'http.response.status_code': 200,
        ...here(),
      },
    });
    expect(Object.keys(seen).filter((name) => /trace|baggage|b3/.test(name))).toEqual([]);
  });

  it.each([
    ['the sandbox', () => askSandbox('/v1/charges')],
    ['Stripe', askStripe],
  ])('that fails says by which status: %s', async (_, call) => {
    status = 503;
    const { hasFailed, attributes } = await spanOf(call);
    expect({ hasFailed, type: attributes?.['error.type'], status: attributes?.['http.response.status_code'] }).toEqual({
      hasFailed: true,
      type: '503',
      status: 503,
    });
  });

  it('that gets no answer says why', async () => {
    const { hasFailed, attributes } = await spanOf(() => askSandbox('/v1/charges', { url: 'http://127.0.0.1:1' }));
    expect(hasFailed).toBe(true);
    expect(attributes?.['error.type']).toBe('Error');
    expect(attributes).not.toHaveProperty('http.response.status_code');
  });
});
