import { once } from 'node:events';
import { connect } from 'node:net';
import { newId } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API_KEY, startTestSandbox, type TestSandbox } from '../testing/test-sandbox.ts';

describe('the sandbox provider’s API', () => {
  let sandbox: TestSandbox;
  beforeAll(async () => {
    sandbox = await startTestSandbox();
  });
  afterAll(() => sandbox.stop());

  interface Asked {
    body?: unknown;
    key?: string;
    authorization?: string;
    signal?: AbortSignal;
  }
  const ask = async (line: string, { body, key, authorization = `Bearer ${API_KEY}`, signal }: Asked = {}) => {
    const [method = '', path = ''] = line.split(' ');
    const response = await fetch(`${sandbox.url}${path}`, {
      method,
      headers: {
        authorization,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: a test reads answers of many shapes
    const answer: any = await response.json();
    return { status: response.status, answer, code: answer.errors?.[0].extensions.code };
  };
  const asked = (change: object = {}) => ({
    token: 'tok_visa',
    amountMinor: 5000,
    currency: 'EUR',
    reference: 'order 1',
    ...change,
  });
  const charge = async (change: object = {}, key: string = newId()) => {
    const { answer } = await ask('POST /v1/charges', { key, body: asked(change) });
    return { key, charge: answer.charge };
  };
  const collected = async (change: object = {}) => {
    const { key } = await charge(change);
    expect((await ask(`POST /v1/charges/${key}/capture`)).answer.charge.status).toBe('CAPTURED');
    return key;
  };
  const kindsOf = (key: string) => sandbox.movements(key).map(({ kind, amount_minor }) => [kind, amount_minor]);

  it('moves money once for a key, and writes down each time that it did', async () => {
    const { key } = await charge();
    for (let times = 0; times < 3; times++) {
      expect((await charge({}, key)).charge).toEqual({ key, status: 'AUTHORIZED', amountMinor: 5000, currency: 'EUR' });
    }
    for (let times = 0; times < 3; times++) await ask(`POST /v1/charges/${key}/capture`);
    const refund = { key: newId(), body: { chargeKey: key, amountMinor: 2000 } };
    for (let times = 0; times < 3; times++) {
      const { answer } = await ask('POST /v1/refunds', refund);
      expect(answer).toEqual({ refund: { key: refund.key, status: 'SUCCEEDED' } });
    }
    const tooMuch = { key: newId(), body: { chargeKey: key, amountMinor: 3001 } };
    expect((await ask('POST /v1/refunds', tooMuch)).answer.refund.status).toBe('FAILED');
    // What is collected stays so.
    expect((await ask(`POST /v1/charges/${key}/void`)).answer.charge.status).toBe('CAPTURED');
    expect(kindsOf(key)).toEqual([
      ['AUTHORIZED', 5000],
      ['CAPTURED', 5000],
      ['REFUNDED', 2000],
      ['REFUND_FAILED', 3001],
    ]);
    expect(sandbox.movements(key).map(({ request_key }) => request_key)).toEqual([key, key, refund.key, tooMuch.key]);
    expect(sandbox.charge(key)).toMatchObject({ reference: 'order 1', card: 'tok_visa', refunded_minor: 2000 });
  });

  it('refuses a key that comes with other parameters', async () => {
    const { key } = await charge();
    for (const change of [
      { amountMinor: 4999 },
      { currency: 'USD' },
      { token: 'tok_mastercard' },
      { reference: 'x' },
    ]) {
      const { status, code } = await ask('POST /v1/charges', { key, body: asked(change) });
      expect([status, code]).toEqual([400, 'BAD_USER_INPUT']);
    }
    const chargeKey = await collected();
    const refund = { key: newId(), body: { chargeKey, amountMinor: 1 } };
    await ask('POST /v1/refunds', refund);
    const other = await ask('POST /v1/refunds', { ...refund, body: { chargeKey, amountMinor: 2 } });
    expect([other.status, other.code]).toEqual([400, 'BAD_USER_INPUT']);
    expect(sandbox.charge(chargeKey)?.refunded_minor).toBe(1);
  });

  it('never charges a key that was voided first', async () => {
    const key = newId();
    expect((await ask(`POST /v1/charges/${key}/void`)).answer.charge.status).toBe('VOIDED');
    expect((await charge({}, key)).charge.status).toBe('VOIDED');
    expect(kindsOf(key)).toEqual([['VOIDED', 0]]);
  });

  it.each([
    ['tok_declined', 'CARD_DECLINED'],
    ['tok_insufficient_funds', 'INSUFFICIENT_FUNDS'],
    ['tok_nobody_knows', 'CARD_DECLINED'],
  ])('declines %s', async (token, reason) => {
    expect((await charge({ token })).charge).toMatchObject({ status: 'DECLINED', reason });
  });

  it('challenges, and takes the third wrong code for the last', async () => {
    const right = await charge({ token: 'tok_challenge' });
    expect(right.charge).toMatchObject({ status: 'CHALLENGED', instructions: expect.stringContaining('123456') });
    const answer = async (key: string, code: string) =>
      (await ask(`POST /v1/charges/${key}/challenge`, { body: { code } })).answer.charge;
    expect((await answer(right.key, '123456')).status).toBe('AUTHORIZED');
    const wrong = await charge({ token: 'tok_challenge' });
    for (const status of ['CHALLENGED', 'CHALLENGED', 'DECLINED', 'DECLINED']) {
      expect((await answer(wrong.key, '000000')).status).toBe(status);
    }
    expect((await answer(wrong.key, '123456')).reason).toBe('CHALLENGE_FAILED');
    expect(kindsOf(wrong.key)).toEqual([
      ['CHALLENGED', 5000],
      ['DECLINED', 5000],
    ]);
  });

  it('refuses a capture or a refund where the card says so', async () => {
    const { key } = await charge({ token: 'tok_capture_fails' });
    expect((await ask(`POST /v1/charges/${key}/capture`)).answer.charge).toMatchObject({ reason: 'CAPTURE_FAILED' });
    const chargeKey = await collected({ token: 'tok_refund_fails' });
    const refund = { key: newId(), body: { chargeKey, amountMinor: 1 } };
    expect((await ask('POST /v1/refunds', refund)).answer.refund.status).toBe('FAILED');
  });

  it.each([
    ['tok_slow', 1500],
    ['tok_timeout_then_charged', 0],
  ])('charges %s although the merchant has hung up', async (token) => {
    const key = newId();
    const hangsUp = ask('POST /v1/charges', { key, body: asked({ token }), signal: AbortSignal.timeout(100) });
    await expect(hangsUp).rejects.toThrow();
    await until('the charge', () => sandbox.charge(key));
    expect((await ask(`GET /v1/charges/${key}`)).answer.charge.status).toBe('AUTHORIZED');
    // Whoever asks again is told.
    expect((await charge({ token }, key)).charge.status).toBe('AUTHORIZED');
  });

  it('says of what it has never heard of that it is null, or that nothing can be done with it', async () => {
    const key = newId();
    expect((await ask(`GET /v1/charges/${key}`)).answer).toEqual({ charge: null });
    expect((await ask('POST /v1/tokens/describe', { body: { token: 'tok_none' } })).answer).toEqual({ card: null });
    for (const [what, body] of [['capture'], ['challenge', { code: '1' }]] as const) {
      const { status, code } = await ask(`POST /v1/charges/${key}/${what}`, body === undefined ? {} : { body });
      expect([status, code]).toEqual([404, 'NOT_FOUND']);
    }
    expect(sandbox.charge(key)).toBeUndefined();
    const refund = { key: newId(), body: { chargeKey: key, amountMinor: 1 } };
    expect((await ask('POST /v1/refunds', refund)).answer.refund.status).toBe('FAILED');
  });

  it('gives a statement in pages, from a time on', async () => {
    const since = new Date().toISOString();
    const made: string[] = [];
    for (let index = 0; index < 4; index++) made.push(await collected());
    await ask(`POST /v1/charges/${newId()}/void`);
    const refund = { key: newId(), body: { chargeKey: made[0], amountMinor: 7 } };
    await ask('POST /v1/refunds', refund);
    const pages: { kind: string; key: string; status: string; amountMinor: number; currency: string }[][] = [];
    for (let after: number | null = 0; after !== null; ) {
      const { answer } = await ask(`GET /v1/statement?since=${since}&limit=2&after=${after}`);
      pages.push(answer.entries);
      after = answer.next;
    }
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(pages.flat().map(({ key }) => key)).toEqual([...made, refund.key]);
    expect(pages.at(-1)).toMatchObject([{ kind: 'REFUND', status: 'SUCCEEDED', amountMinor: 7, currency: 'EUR' }]);
    expect((await ask(`GET /v1/statement?since=${new Date(Date.now() + 60_000).toISOString()}`)).answer).toEqual({
      entries: [],
      next: null,
    });
  });

  it.each(['', 'Bearer', 'Bearer wrong', API_KEY, `Basic ${API_KEY}`])(
    'refuses the key “%s”',
    async (authorization) => {
      for (const line of ['GET /v1/statement', 'POST /v1/charges', 'GET /v1/none']) {
        // Before it looks at the body.
        const body = line.startsWith('POST') ? { body: '{' } : {};
        const { status, code } = await ask(line, { ...body, authorization });
        expect([status, code]).toEqual([401, 'UNAUTHENTICATED']);
      }
    },
  );

  it.each<[string, string, Asked, number]>([
    ['no key', 'POST /v1/charges', { body: asked() }, 400],
    ['a key that is none', 'POST /v1/charges', { body: asked(), key: 'a b' }, 400],
    ['a long key', 'POST /v1/charges', { body: asked(), key: 'k'.repeat(129) }, 400],
    ['no JSON', 'POST /v1/charges', { body: '{', key: 'a' }, 400],
    ['a list', 'POST /v1/charges', { body: [], key: 'a' }, 400],
    ['nothing', 'POST /v1/charges', { key: 'a' }, 400],
    ['an unknown field', 'POST /v1/charges', { body: asked({ cvc: '1' }), key: 'a' }, 400],
    ['an amount of nothing', 'POST /v1/charges', { body: asked({ amountMinor: 0 }), key: 'a' }, 400],
    ['an amount in parts', 'POST /v1/charges', { body: asked({ amountMinor: 1.5 }), key: 'a' }, 400],
    ['an amount as text', 'POST /v1/charges', { body: asked({ amountMinor: '1' }), key: 'a' }, 400],
    ['an amount beyond all', 'POST /v1/charges', { body: asked({ amountMinor: 2 ** 31 }), key: 'a' }, 400],
    ['a currency that is none', 'POST /v1/charges', { body: asked({ currency: 'eur' }), key: 'a' }, 400],
    ['too much', 'POST /v1/charges', { body: asked({ reference: 'x'.repeat(20_000) }), key: 'a' }, 413],
    ['a negative refund', 'POST /v1/refunds', { body: { chargeKey: 'a', amountMinor: -1 }, key: 'a' }, 400],
    ['no time', 'GET /v1/statement', {}, 400],
    ['a time that is none', 'GET /v1/statement?since=yesterday', {}, 400],
    ['a page beyond all', 'GET /v1/statement?since=2026-01-01T00:00:00Z&limit=101', {}, 400],
    ['another path', 'GET /v2/charges', {}, 404],
  ])('refuses %s', async (_what, line, request, status) => {
    const count = sandbox.movements().length;
    const refused = await ask(line, request);
    expect(refused.status).toBe(status);
    expect(refused.code).toMatch(/^[A-Z_]+$/);
    expect(sandbox.movements()).toHaveLength(count);
  });
});

describe('the sandbox provider', () => {
  it('keeps an append-only book', async () => {
    await using sandbox = await startTestSandbox();
    const headers = { authorization: `Bearer ${API_KEY}` };
    await fetch(`${sandbox.url}/v1/charges/a/void`, { method: 'POST', headers });
    expect(() => sandbox.execute('UPDATE movements SET amount_minor = 1')).toThrow('append-only');
    expect(() => sandbox.execute('DELETE FROM movements')).toThrow('append-only');
    expect(sandbox.movements()).toHaveLength(1);
  });

  it('stops, although somebody waits for an answer that never comes', async () => {
    await using sandbox = await startTestSandbox();
    const body = JSON.stringify({
      token: 'tok_timeout_then_charged',
      amountMinor: 1,
      currency: 'EUR',
      reference: 'order 1',
    });
    const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      `POST /v1/charges HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${API_KEY}\r\nidempotency-key: a\r\n` +
        `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await until('the charge', () => sandbox.charge('a'));
    const closed = once(socket, 'close');
    const startedMs = performance.now();
    await sandbox.stop();
    await closed;
    expect(performance.now() - startedMs).toBeLessThan(3000);
  });
});
