import { getIntrospectionQuery } from 'graphql';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.ts';

describe('what the pipeline refuses', () => {
  let gateway: TestGateway;
  let open: TestGateway;
  beforeAll(async () => {
    [gateway, open] = await Promise.all([startTestGateway(), startTestGateway({ introspection: true })]);
  });
  afterAll(() => Promise.all([gateway.stop(), open.stop()]));
  afterEach(() => {
    gateway.books.requests.length = 0;
    open.books.requests.length = 0;
  });
  const refused = async (query: string, options?: Parameters<TestGateway['ask']>[1]) => {
    const answer = await gateway.ask(query, options);
    expect(answer.data).toBeUndefined();
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(gateway.books.requests).toEqual([]);
    return answer.errors?.map(({ message, extensions }) => [extensions.code, message]) ?? [];
  };

  describe('forged requests', () => {
    const get = (headers: Record<string, string>) => gateway.send({ headers }, '?query=%7B__typename%7D');

    it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])(
      '415 for a GET with %s',
      async (type) => {
        expect((await get({ 'content-type': type })).status).toBe(415);
      },
    );

    it('refuses a GET that a browser made for another site without asking', async () => {
      for (const site of ['cross-site', 'same-site']) {
        const response = await get({ 'sec-fetch-site': site });
        expect(response.status).toBe(400);
        expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'CSRF_PREVENTED' } }] });
        expect((await get({ 'sec-fetch-site': site, 'apollographql-client-name': 'shop' })).status).toBe(200);
      }
      for (const site of ['same-origin', 'none']) expect((await get({ 'sec-fetch-site': site })).status).toBe(200);
      expect((await get({})).status).toBe(200);
    });
  });

  describe('documents', () => {
    it('says where a syntax error is', async () => {
      expect(await refused('{ books {\n  title ! } }')).toEqual([
        ['GRAPHQL_PARSE_FAILED', 'Syntax Error: Expected Name, found "!". (line 2, column 9)'],
      ]);
    });

    it('refuses more than 2000 tokens in either media type', async () => {
      const wide = `{ ${'__typename '.repeat(2000)} }`;
      expect(await refused(wide)).toEqual([['OPERATION_LIMIT_EXCEEDED', 'The document has more than 2000 tokens.']]);
      expect((await gateway.ask(wide, { headers: { accept: 'application/json' } })).status).toBe(400);
    });

    it('gives at most eleven errors, and nothing of the schema that was not asked for', async () => {
      const fields = Array.from({ length: 50 }, (_, index) => `book${index}`).join(' ');
      const errors = await refused(`{ books { ${fields} } }`);
      expect(errors).toHaveLength(11);
      expect(errors[0]).toEqual([
        'GRAPHQL_VALIDATION_FAILED',
        'Cannot query field "book0" on type "Book". (line 1, column 11)',
      ]);
      for (const query of [
        '{ boks { title } }',
        '{ books { titel } }',
        '{ find(gnre: NOVEL) { isbn } }',
        '{ find(genre: NOVL) { isbn } }',
        '{ find(filter: { titel: "" }) { isbn } }',
        '{ books { ... on Bok { isbn } } }',
        '{ books @skp { isbn } }',
      ]) {
        expect(JSON.stringify(await refused(query))).not.toMatch(/did you mean/i);
      }
      const helpful = await open.ask('{ boks { title } }');
      expect(helpful.errors?.[0]?.message).toBe(
        'Cannot query field "boks" on type "Query". Did you mean "books" or "book"? (line 1, column 3)',
      );
    });

    it('answers introspection only where it is on', async () => {
      for (const query of [
        getIntrospectionQuery(),
        '{ __type(name: "Book") { name } }',
        '{ a: __schema { types { name } } }',
      ]) {
        expect((await refused(query))[0]?.[0]).toBe('GRAPHQL_VALIDATION_FAILED');
      }
      expect((await gateway.ask('{ __typename books { __typename } }')).data.__typename).toBe('Query');
    });

    it('answers introspection from the schema that clients see, beside data', async () => {
      const { data, errors } = await open.ask(getIntrospectionQuery());
      expect(errors).toBeUndefined();
      const names = data.__schema.types.map(({ name }: { name: string }) => name);
      expect(names).toContain('Book');
      expect(names.filter((name: string) => /join__|link__|_Any|_Service/.test(name))).toEqual([]);
      expect(open.books.requests).toEqual([]);
      const mixed = await open.ask(
        'query ($name: String!, $d: Boolean = true) { __type(name: $name) { fields(includeDeprecated: $d) { name } } books { isbn } }',
        {
          variables: { name: 'Book' },
        },
      );
      expect(mixed.data.__type.fields.map(({ name }: { name: string }) => name)).toContain('rating');
      expect(mixed.data.books).toHaveLength(3);
    });

    it('refuses a subscription', async () => {
      expect(await refused('subscription { bookAdded { isbn } }')).toEqual([
        [
          'BAD_REQUEST',
          'Subscriptions are not answered by a single HTTP response: accept text/event-stream or multipart/mixed;subscriptionSpec=1.0, or use a WebSocket.',
        ],
      ]);
    });
  });

  describe('variables', () => {
    const FIND = 'query ($filter: BookFilter, $genre: Genre) { find(filter: $filter, genre: $genre) { isbn } }';

    it.each([
      [{ filter: { password: { secret: 'hunter2' } } }, 'Variable "$filter" does not fit its type BookFilter.'],
      [{ filter: { hunter2: 1 } }, 'Variable "$filter" does not fit its type BookFilter.'],
      [{ genre: 'hunter2' }, 'Variable "$genre" does not fit its type Genre.'],
      [{ filter: 'hunter2' }, 'Variable "$filter" does not fit its type BookFilter.'],
    ])('says what does not fit and never the value: %j', async (variables, message) => {
      expect(await refused(FIND, { variables })).toEqual([['BAD_USER_INPUT', message]]);
      expect(gateway.logLines.join('')).not.toContain('hunter2');
    });

    it('may be called, and hold keys that are called, as prototypes are', async () => {
      const value = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"a":1}');
      const query =
        'query ($__proto__: Json, $constructor: Json) { __proto__: echo(value: $__proto__) constructor: echo(value: $constructor) }';
      const body = JSON.stringify({ query }).replace(
        /}$/,
        `,"variables":{"__proto__":${JSON.stringify(value)},"constructor":2},"__proto__":{"polluted":1}}`,
      );
      const response = await gateway.send({ method: 'POST', headers: { 'content-type': 'application/json' }, body });
      expect(await response.text()).toBe(`{"data":{"__proto__":${JSON.stringify(value)},"constructor":2}}`);
      expect(({} as { polluted?: number }).polluted).toBeUndefined();
      expect(Object.prototype).not.toHaveProperty('polluted');
    });
  });
});
