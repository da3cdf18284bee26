import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUDIENCE, ISSUER, newKey, startFakeIssuer } from '../src/testing/fake-issuer.ts';
import { startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';

const TYPE = 'application/json';
const RESPONSE_JSON = 'application/graphql-response+json';
const TITLES = { query: '{ books { title } }' };
const TYPENAME = { query: '{ __typename }' };

const post = async (gateway: TestGateway, body: unknown, headers: Record<string, string> = {}) => {
  const response = await gateway.send({
    method: 'POST',
    headers: { 'content-type': TYPE, accept: RESPONSE_JSON, ...headers },
    body: Buffer.isBuffer(body) ? (body as never) : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as never };
};

const refusal = (code: string) => ({ errors: [{ extensions: { code } }] });

describe('Batches', () => {
  let off: TestGateway;
  let on: TestGateway;
  beforeAll(async () => {
    [off, on] = await Promise.all([
      startTestGateway(),
      startTestGateway({ batching: { enabled: true, maxOperations: 3 } }),
    ]);
  });
  afterAll(() => Promise.all([off.stop(), on.stop()]));

  it.each([[[]], [[TITLES]], [[TITLES, TYPENAME]], [Array(1000).fill(TYPENAME)]])(
    'off by default: 4xx, and no request to a subgraph (%#)',
    async (batch) => {
      for (const accept of [TYPE, RESPONSE_JSON]) {
        const reply = await post(off, batch, { accept });
        expect(reply).toMatchObject({ status: 400, body: refusal('BAD_REQUEST') });
      }
      expect(off.books.requests).toEqual([]);
    },
  );

  it('where they are on: an array of answers, in the order of the operations', async () => {
    const reply = await post(on, [
      TYPENAME,
      TITLES,
      { query: 'query A { __typename } query B { a: __typename }', operationName: 'B' },
    ]);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toBe(`${RESPONSE_JSON}; charset=utf-8`);
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(reply.body).toEqual([
      { data: { __typename: 'Query' } },
      { data: { books: [{ title: 'Emma' }, { title: 'Ulysses' }, { title: 'Beloved' }] } },
      { data: { a: 'Query' } },
    ]);
  });

  it('one operation that is refused costs only its own place', async () => {
    const reply = await post(on, [{ query: '{ nothing }' }, TYPENAME, null]);
    expect(reply).toMatchObject({
      status: 200,
      body: [refusal('GRAPHQL_VALIDATION_FAILED'), { data: { __typename: 'Query' } }, refusal('BAD_REQUEST')],
    });
  });

  it('each operation is limited as if it came alone', async () => {
    const deep = { query: `{ ${'reviews { book { '.repeat(12)}title${' } }'.repeat(12)} }` };
    const [alone, together] = await Promise.all([post(on, deep), post(on, [deep, TYPENAME])]);
    expect(alone.status).toBe(400);
    const [first] = together.body as [{ errors: { message: string }[] }];
    const { errors } = alone.body as { errors: { message: string }[] };
    expect(first.errors.map(({ message }) => message)).toEqual(errors.map(({ message }) => message));
  });

  it.each([
    ['none', []],
    ['more than are allowed', Array(4).fill(TYPENAME)],
  ])('of %s: 400 as a whole', async (_what, batch) => {
    expect(await post(on, batch)).toMatchObject({ status: 400, body: refusal('BAD_REQUEST') });
  });

  it('inside a batch: refused in their place', async () => {
    expect(await post(on, [[TYPENAME], TYPENAME])).toMatchObject({
      status: 200,
      body: [refusal('BAD_REQUEST'), { data: { __typename: 'Query' } }],
    });
  });

  it('by a form, or with a bad token, are refused as one request is', async () => {
    const form = await on.send({
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify([TYPENAME]),
    });
    expect(form.status).toBe(415);
    const key = await newKey('k');
    await using issuer = await startFakeIssuer([key]);
    await using guarded = await startTestGateway({
      batching: { enabled: true },
      identity: { issuers: [{ issuer: ISSUER, audience: AUDIENCE, jwksUri: issuer.jwksUri }] },
    });
    const reply = await post(guarded, [TITLES, TITLES], { authorization: 'Bearer a.b.c' });
    expect(reply).toMatchObject({ status: 401, body: [refusal('TOKEN_INVALID'), refusal('TOKEN_INVALID')] });
    expect(reply.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(guarded.books.requests).toEqual([]);
    expect((await post(guarded, [TITLES, TITLES], { authorization: `Bearer ${await key.sign()}` })).status).toBe(200);
  });

  it('may be compressed', async () => {
    const reply = await post(on, gzipSync(JSON.stringify([TYPENAME, TYPENAME])), { 'content-encoding': 'gzip' });
    expect(reply).toMatchObject({ status: 200, body: [{ data: {} }, { data: {} }] });
  });

  it('take automatic persisted queries', async () => {
    const query = '{ books { isbn } }';
    const extensions = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') } };
    expect(await post(on, [{ extensions }, TYPENAME])).toMatchObject({
      status: 200,
      body: [refusal('PERSISTED_QUERY_NOT_FOUND'), { data: {} }],
    });
    await post(on, [{ query, extensions }]);
    const { body } = await post(on, [TYPENAME, { extensions }]);
    expect(body).toMatchObject([{ data: {} }, { data: { books: [{ isbn: '1' }, { isbn: '2' }, { isbn: '3' }] } }]);
  });

  it('count each of their operations', async () => {
    const counted = async () => {
      const { values } = await on.metrics.get('graphql_operations_total').get();
      return values.reduce((sum, { value }) => sum + value, 0);
    };
    const before = await counted();
    await post(on, [TYPENAME, TYPENAME, TYPENAME]);
    expect((await counted()) - before).toBe(3);
  });
});
