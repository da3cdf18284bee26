import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { gatewayConfig } from '../src/config/gateway-config.ts';
import { type RunningGateway, startGateway } from '../src/start-gateway.ts';
import { type FakeSubgraph, type RawAnswer, startFakeSubgraph } from '../src/testing/fake-subgraph.ts';
import { compose, startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';

const PROTOTYPES = [Object.prototype, Array.prototype, Function.prototype, String.prototype];
const shapes = () => PROTOTYPES.map((prototype) => Object.getOwnPropertyNames(prototype));
const BEFORE = shapes();

/** As text: written as an object, `__proto__` would be its prototype. */
const POISON =
  '"__proto__":{"polluted":1,"title":"forged","rating":9},"constructor":{"prototype":{"polluted":1}},"prototype":{"polluted":1}';

const text =
  (body: string): RawAnswer =>
  (_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);

describe('__proto__, constructor and prototype', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ rateLimit: { enabled: false } });
  });
  afterAll(() => gateway.stop());
  afterEach(() => {
    gateway.books.answerWith(undefined);
    gateway.reviews.answerWith(undefined);
    expect(shapes()).toEqual(BEFORE);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  const post = async (body: string) => {
    const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
    const response = await gateway.send({ method: 'POST', headers, body });
    return { status: response.status, text: await response.text() };
  };

  it('as aliases of root fields, of entities’ fields and of objects', async () => {
    const query = `{
      __proto__: books { __proto__: title constructor: rating prototype: reviews { __proto__: stars constructor: book { __proto__: title } } }
      constructor: __typename
    }`;
    const book = (title: string, rating: number | null) =>
      `{"__proto__":"${title}","constructor":${rating},"prototype":[{"__proto__":4,"constructor":{"__proto__":"Emma"}}]}`;
    const books = [book('Emma', 4.5), book('Ulysses', 4.5), book('Beloved', null)];
    const answer = await post(JSON.stringify({ query }));
    expect(answer.status).toBe(200);
    expect(answer.text).toContain(`"data":{"__proto__":[${books.join()}],"constructor":"Query"}`);
    expect(JSON.parse(answer.text).errors).toMatchObject([{ path: ['__proto__', 2, 'constructor'] }]);
  });

  it('as names of operations, fragments and variables, and in their values', async () => {
    const value = `{${POISON},"list":[{${POISON}}]}`;
    const query =
      'query __proto__($__proto__: Json, $constructor: Json, $prototype: Json) { ...constructor } ' +
      'fragment constructor on Query { a: echo(value: $__proto__) b: echo(value: [$constructor, { __proto__: $prototype }]) }';
    const body = `{"query":${JSON.stringify(query)},"operationName":"__proto__","variables":{"__proto__":${value},"constructor":${value},"prototype":2}}`;
    expect((await post(body)).text).toBe(`{"data":{"a":${value},"b":[${value},{"__proto__":2}]}}`);
  });

  it('as keys of the request’s JSON, of its variables and extensions', async () => {
    const query = '"query":"query ($v: Json) { echo(value: $v) }"';
    for (const extra of [
      POISON,
      `"extensions":{${POISON}}`,
      `"variables":{${POISON}}`,
      `"variables":{"v":null,${POISON}}`,
    ]) {
      expect(await post(`{${query},${extra}}`)).toEqual({ status: 200, text: '{"data":{"echo":null}}' });
    }
    const { status, text: refusal } = await post(`{"__proto__":{"query":"{ books { isbn } }"}}`);
    expect([status, JSON.parse(refusal).errors[0].extensions.code]).toEqual([400, 'BAD_REQUEST']);
    const filter = '"query":"query ($f: BookFilter) { find(filter: $f) { isbn } }"';
    const { text: invalid } = await post(`{${filter},"variables":{"f":{${POISON}}}}`);
    expect(JSON.parse(invalid).errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'as a name that the schema lacks: %s',
    async (name) => {
      const wrong = [
        `{ ${name} }`,
        `{ books { ${name} } }`,
        `{ books { ... on ${name} { isbn } } }`,
        `{ books { ...${name} } }`,
      ];
      for (const query of [
        ...wrong,
        `{ books @${name} { isbn } }`,
        `{ find(genre: ${name}) { isbn } }`,
        `{ books(${name}: 1) { isbn } }`,
      ]) {
        const { status, errors } = await gateway.ask(query);
        expect([status, errors?.[0]?.extensions.code]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
      }
      const { status, errors } = await gateway.ask('query A { __typename } query B { __typename }', {
        operationName: name,
      });
      expect([status, errors?.[0]?.extensions.code]).toEqual([400, 'OPERATION_RESOLUTION_FAILURE']);
    },
  );

  it('in the answers of subgraphs, of root fields and of entities, which stand in several places', async () => {
    const book = (isbn: string) => `{"__typename":"Book","isbn":"${isbn}","title":"T${isbn}",${POISON}}`;
    gateway.books.answerWith(text(`{"data":{"books":[${book('1')},${book('2')},${book('1')}],${POISON}},${POISON}}`));
    const entity = (text: string) => `{"rating":null,"reviews":[{"text":"${text}",${POISON}}],${POISON}}`;
    gateway.reviews.answerWith(text(`{"data":{"_entities":[${entity('a')},${entity('b')}],${POISON}}}`));
    const { data, errors } = await gateway.ask('{ books { title rating reviews { text } } }');
    expect(errors).toBeUndefined();
    const whole = (isbn: string, review: string) => ({ title: `T${isbn}`, rating: null, reviews: [{ text: review }] });
    expect(data).toEqual({ books: [whole('1', 'a'), whole('2', 'b'), whole('1', 'a')] });
  });

  it('in the place of what a subgraph should have said', async () => {
    gateway.books.answerWith(
      text(`{"data":{"books":[{"__proto__":{"__typename":"Book","isbn":"1","title":"forged"}}]}}`),
    );
    const missing = await gateway.ask('{ books { title } }');
    expect(missing.data).toEqual({ books: null });
    expect(JSON.stringify(missing)).not.toContain('forged');
    for (const type of ['__proto__', 'constructor']) {
      gateway.books.answerWith(text(`{"data":{"books":[{"__typename":"${type}","isbn":"1","title":"T"}]}}`));
      const { status, data } = await gateway.ask('{ books { title rating } }');
      expect([status, data]).toEqual([200, { books: [{ title: 'T', rating: null }] }]);
    }
    gateway.books.answerWith(text(`{"__proto__":{"data":{"books":[]}}}`));
    const { data, errors } = await gateway.ask('{ books { isbn } }');
    expect([data, errors?.[0]?.extensions.code]).toEqual([{ books: null }, 'SUBGRAPH_RESPONSE_INVALID']);
  });

  it('in the errors of subgraphs', async () => {
    const error = `{"message":"Closed.","path":["__proto__","constructor"],"extensions":{"code":"CLOSED",${POISON}},${POISON}}`;
    gateway.books.answerWith(text(`{"data":{"books":null},"errors":[${error}]}`));
    const { data, errors } = await gateway.ask('{ books { isbn } }');
    expect(data).toEqual({ books: null });
    expect(errors?.map(({ message, extensions }) => [message, Object.keys(extensions).sort()])).toEqual([
      ['Closed.', ['code', 'requestId']],
    ]);
  });
});

describe('a graph whose fields are called like what every object has', () => {
  const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';
  const NOTHING = { constructor: null, toString: null, hasOwnProperty: null };
  let things: FakeSubgraph;
  let extras: FakeSubgraph;
  let gateway: RunningGateway;

  beforeAll(async () => {
    things = await startFakeSubgraph({
      name: 'things',
      sdl: `${LINK}
        type Query { things: [Thing!] valueOf(constructor: String, prototype: ID): String }
        type Thing @key(fields: "id") { id: ID! constructor: String toString: Part hasOwnProperty: [Part] }
        type Part { prototype: String valueOf: Int }`,
      resolvers: {
        Query: {
          things: () => [
            { id: '1', constructor: 'c', toString: { prototype: 'p', valueOf: 1 }, hasOwnProperty: [{ valueOf: 2 }] },
            { id: '2', ...NOTHING },
          ],
          valueOf: (_: unknown, given: object) => JSON.stringify(given),
        },
      },
    });
    extras = await startFakeSubgraph({
      name: 'extras',
      sdl: `${LINK} type Thing @key(fields: "id") { id: ID! isPrototypeOf: String valueOf: Extra } type Extra { constructor: Int }`,
      resolvers: {
        Thing: {
          __resolveReference: ({ id }: { id: string }) =>
            id === '1'
              ? { isPrototypeOf: 'i', valueOf: { constructor: 3 } }
              : { isPrototypeOf: null, valueOf: { constructor: null } },
        },
      },
    });
    const config = gatewayConfig.parse({
      server: { host: '127.0.0.1', port: 0 },
      admin: { host: '127.0.0.1', port: 0 },
      log: { level: 'fatal' },
    });
    gateway = await startGateway(config, { supergraphSdl: compose([things, extras]), processMetrics: false });
  });
  afterAll(async () => {
    await gateway.stop();
    await Promise.all([things.close(), extras.close()]);
  });

  const ask = async (query: string) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query }),
    });
    return response.text();
  };
  const QUERY = `{ things {
    id constructor toString { prototype valueOf } hasOwnProperty { valueOf } isPrototypeOf valueOf { constructor }
  } }`;
  const FIRST =
    '{"id":"1","constructor":"c","toString":{"prototype":"p","valueOf":1},"hasOwnProperty":[{"valueOf":2}],"isPrototypeOf":"i","valueOf":{"constructor":3}}';

  it('answers their values, and null where there is none', async () => {
    const second =
      '{"id":"2","constructor":null,"toString":null,"hasOwnProperty":null,"isPrototypeOf":null,"valueOf":{"constructor":null}}';
    expect(await ask(QUERY)).toBe(`{"data":{"things":[${FIRST},${second}]}}`);
    const argued = await ask('{ valueOf(constructor: "a", prototype: 1) constructor: __typename }');
    expect(JSON.parse(argued).data.valueOf).toBe('{"constructor":"a","prototype":"1"}');
  });

  it('is null, with one error for each, where their subgraph says nothing', async () => {
    extras.answerWith((_request, response) => response.writeHead(500).end());
    const { data, errors } = JSON.parse(await ask(QUERY));
    expect(data.things[0]).toMatchObject({ constructor: 'c', isPrototypeOf: null, valueOf: null });
    const lost = errors.map((error: { path: unknown[]; extensions: { code: string } }) => [
      error.path.at(-1),
      error.extensions.code,
    ]);
    expect(new Set(lost.map(String))).toEqual(
      new Set(['isPrototypeOf,SUBGRAPH_UNAVAILABLE', 'valueOf,SUBGRAPH_UNAVAILABLE']),
    );
    expect(lost).toHaveLength(4);
  });
});
