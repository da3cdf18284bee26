// The GraphQL-over-HTTP specification, requirement by requirement, as the graphql-http audit lists them. SHOULDs count.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.ts';

const RESPONSE_JSON = 'application/graphql-response+json';
const JSON_TYPE = 'application/json';

describe('GraphQL over HTTP', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.stop());

  const post = (body: unknown, headers: Record<string, string> = {}) =>
    gateway.send({
      method: 'POST',
      headers: { 'content-type': JSON_TYPE, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const get = (params: Record<string, string>, headers: Record<string, string> = {}) =>
    gateway.send({ headers }, `?${new URLSearchParams(params)}`);
  const typename = { query: '{ __typename }' };

  describe('the answer has the media type that is accepted', () => {
    it.each([
      [RESPONSE_JSON, RESPONSE_JSON],
      [JSON_TYPE, JSON_TYPE],
      ['*/*', JSON_TYPE],
      ['application/*', JSON_TYPE],
      [`${JSON_TYPE}; charset=utf-8, ${RESPONSE_JSON}; charset=utf-8`, RESPONSE_JSON],
      [`${RESPONSE_JSON}; q=0.5, ${JSON_TYPE}`, JSON_TYPE],
      [`text/html, */*;q=0.8`, JSON_TYPE],
      [`${JSON_TYPE};q=0, */*`, RESPONSE_JSON],
    ])('%s', async (accept, expected) => {
      const response = await post(typename, { accept });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe(`${expected}; charset=utf-8`);
      expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
    });

    it.each(['text/html', 'application/xml, image/png', `${JSON_TYPE};q=0`])('406 for %s', async (accept) => {
      const response = await post(typename, { accept });
      expect(response.status).toBe(406);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_ACCEPTABLE' } }] });
    });
  });

  describe('requests', () => {
    it.each(['application/json; charset=utf-8', 'application/json;charset="UTF-8"', 'Application/JSON'])(
      'accepts %s',
      async (type) => {
        expect((await post(typename, { 'content-type': type })).status).toBe(200);
      },
    );

    it.each([
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/json; charset=utf-16',
      'application/json; charset=iso-8859-1',
      'application/graphql',
      'nonsense',
    ])('415 for %s', async (type) => {
      expect((await post(typename, { 'content-type': type })).status).toBe(415);
    });

    it('415 without a content type', async () => {
      expect((await gateway.send({ method: 'POST' })).status).toBe(415);
      expect((await gateway.send({ method: 'POST', body: Buffer.from('{}') as never })).status).toBe(415);
    });

    it.each([
      ['no body', ''],
      ['no JSON', 'NONSENSE'],
      ['half of a JSON', '{"query":'],
      ['JSON with a comment', '{"query":"{__typename}"/**/}'],
      ['null', 'null'],
      ['a string', '"{__typename}"'],
      ['a batch', JSON.stringify([typename, typename])],
      ['no query', '{"qeury":"{__typename}"}'],
      ['an empty query', '{"query":""}'],
      ...[{ obj: 'ect' }, 0, false, ['array']].flatMap((wrong) => [
        [`query ${JSON.stringify(wrong)}`, JSON.stringify({ query: wrong })],
        [`operationName ${JSON.stringify(wrong)}`, JSON.stringify({ ...typename, operationName: wrong })],
      ]),
      ...['string', 0, false, ['array']].flatMap((wrong) => [
        [`variables ${JSON.stringify(wrong)}`, JSON.stringify({ ...typename, variables: wrong })],
        [`extensions ${JSON.stringify(wrong)}`, JSON.stringify({ ...typename, extensions: wrong })],
      ]),
    ])('400 for %s', async (_what, body = '') => {
      for (const accept of [JSON_TYPE, RESPONSE_JSON]) {
        const response = await post(body, { accept });
        expect(response.status).toBe(400);
        expect(response.headers.get('content-type')).toContain(accept);
        expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
      }
    });

    it('400 for bytes that are no UTF-8', async () => {
      const body = Buffer.concat([
        Buffer.from('{"query":"{ __typename } # '),
        Buffer.from([0xc3, 0x28]),
        Buffer.from('"}'),
      ]);
      const response = await gateway.send({
        method: 'POST',
        headers: { 'content-type': JSON_TYPE },
        body: body as never,
      });
      expect(response.status).toBe(400);
    });

    it.each(['variables', 'operationName', 'extensions'])('null %s are the same as none', async (name) => {
      expect(await (await post({ ...typename, [name]: null })).json()).toEqual({ data: { __typename: 'Query' } });
    });

    it('variables, operationName and extensions are taken', async () => {
      const query = 'query A { __typename } query B($v: Json) { echo(value: $v) }';
      const response = await post({ query, operationName: 'B', variables: { v: { é: '✓' } }, extensions: { x: 1 } });
      expect(await response.json()).toEqual({ data: { echo: { é: '✓' } } });
    });

    it('413 for a body of more than 256 KiB, in one piece or in chunks', async () => {
      const large = JSON.stringify({ query: `{ __typename } #${'x'.repeat(256 * 1024)}` });
      expect((await post(large)).status).toBe(413);
      const stream = new ReadableStream({
        start(controller) {
          for (let sent = 0; sent < 300; sent++) controller.enqueue(Buffer.alloc(1024, ' '));
          controller.close();
        },
      });
      const chunked = await gateway.send({
        method: 'POST',
        headers: { 'content-type': JSON_TYPE },
        body: stream,
        duplex: 'half',
      } as never);
      expect(chunked.status).toBe(413);
    });
  });

  describe('GET', () => {
    it('takes a query with variables and operationName in its query string', async () => {
      const query = 'query A { __typename } query B($v: Json) { echo(value: $v) }';
      const response = await get({ query, operationName: 'B', variables: '{"v":[1]}', extensions: '{}' });
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ data: { echo: [1] } });
    });

    it('405 for a mutation, valid or not, with the method that is allowed', async () => {
      for (const query of [
        'mutation { __typename }',
        'mutation { addBook(title: "x") { isbn } }',
        'mutation { nothing }',
      ]) {
        const response = await get({ query }, { accept: RESPONSE_JSON });
        expect(response.status).toBe(405);
        expect(response.headers.get('allow')).toBe('POST');
      }
      expect(gateway.books.requests.some(({ body }) => body.query.includes('addBook'))).toBe(false);
    });

    it.each([{}, { query: '' }, { query: '{__typename}', variables: 'x' }, { query: '{__typename}', variables: '[]' }])(
      '400 for %j',
      async (params) => {
        expect((await get(params as never)).status).toBe(400);
      },
    );

    it('leads a person with a browser to the start page', async () => {
      const response = await gateway.send({ headers: { accept: 'text/html,*/*;q=0.8' }, redirect: 'manual' });
      expect(response.status).toBe(302);
      expect(response.headers.get('location')).toBe('/');
    });
  });

  it.each(['PUT', 'PATCH', 'DELETE', 'HEAD'])('405 for %s', async (method) => {
    const response = await gateway.send({ method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, POST');
  });

  describe('a well-formed request that fails', () => {
    it.each([
      ['cannot be parsed', { query: '{' }, 'GRAPHQL_PARSE_FAILED'],
      ['is not valid', { query: '{ nothing }' }, 'GRAPHQL_VALIDATION_FAILED'],
      ['has variables that do not fit', { query: 'query ($i: ID!) { book(isbn: $i) { isbn } }' }, 'BAD_USER_INPUT'],
      [
        'names no operation',
        { query: 'query A { __typename } query B { __typename }' },
        'OPERATION_RESOLUTION_FAILURE',
      ],
      ['names an operation that is not there', { ...typename, operationName: 'X' }, 'OPERATION_RESOLUTION_FAILURE'],
      ['has fragments only', { query: 'fragment F on Query { __typename }' }, 'OPERATION_RESOLUTION_FAILURE'],
    ])('because it %s: 400, or 200 in application/json, and never data', async (_what, body, code) => {
      for (const [accept, status] of [
        [RESPONSE_JSON, 400],
        [JSON_TYPE, 200],
      ] as const) {
        const response = await post(body, { accept });
        expect(response.status).toBe(status);
        const answer = (await response.json()) as { errors: unknown[] };
        expect(Object.keys(answer)).toEqual(['errors']);
        expect(answer).toMatchObject({ errors: [{ extensions: { code } }] });
      }
    });

    it('has 200 and data when fields fail', async () => {
      for (const accept of [RESPONSE_JSON, JSON_TYPE]) {
        const partial = await post({ query: '{ __typename refused }' }, { accept });
        expect(partial.status).toBe(200);
        expect(await partial.json()).toMatchObject({
          data: { __typename: 'Query', refused: null },
          errors: [{ path: ['refused'] }],
        });
        const nothing = await post({ query: '{ denied }' }, { accept });
        expect(nothing.status).toBe(200);
        expect(await nothing.json()).toMatchObject({
          data: null,
          errors: [{ path: ['denied'], extensions: { code: 'FORBIDDEN' } }],
        });
      }
    });
  });
});
