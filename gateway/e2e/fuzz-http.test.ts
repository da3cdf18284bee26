import fc from 'fast-check';
import { buildSchema, execute, type GraphQLSchema, parse, printSchema } from 'graphql';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gatewayConfig } from '../src/config/gateway-config.ts';
import { petsResolver, petsSchema } from '../src/planner/testing/pets-schema.ts';
import { randomOperation } from '../src/planner/testing/random-operation.ts';
import { type RunningGateway, startGateway } from '../src/start-gateway.ts';
import { type FakeSubgraph, startFakeSubgraph } from '../src/testing/fake-subgraph.ts';
import { compose } from '../src/testing/test-gateway.ts';

/** `FUZZ_RUNS=100000 npm test -- gateway/e2e/fuzz-http`: so many requests of each kind, however long it takes. */
const RUNS = process.env.FUZZ_RUNS === undefined ? undefined : Number(process.env.FUZZ_RUNS);
const TIME_MS = 700;
/** Requests that are under way at once. */
const TOGETHER = 8;

interface Sent {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS';
  readonly search?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

interface Received {
  readonly status: number;
  readonly text: string;
}

// Composition knows no input types of which one field is to be given.
const schema: GraphQLSchema = buildSchema(printSchema(petsSchema).replaceAll('@oneOf', ''));

describe('whatever a client sends', { timeout: RUNS === undefined ? 30_000 : 12 * 3_600_000 }, () => {
  const agent = new Agent({ connections: TOGETHER });
  let pets: FakeSubgraph;
  let gateway: RunningGateway;
  const counts = new Map<number, number>();

  beforeAll(async () => {
    pets = await startFakeSubgraph({ name: 'pets', sdl: printSchema(schema), resolvers: {} });
    pets.answerWith(async ({ body: { query, variables } }, response) => {
      const document = parse(query);
      const fieldResolver = petsResolver();
      const { data, errors } = await execute({ schema, document, variableValues: variables, fieldResolver });
      // With a code: what fails in the subgraph is not taken for the gateway's own.
      const coded = errors?.map(({ message, path }) => ({ message, path, extensions: { code: 'NO_PET' } }));
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data, errors: coded }));
    });
    const config = gatewayConfig.parse({
      server: { host: '127.0.0.1', port: 0 },
      admin: { host: '127.0.0.1', port: 0 },
      log: { level: 'fatal' },
      // One client sends all of it.
      rateLimit: { enabled: false },
      // Random operations are full of them.
      limits: { aliases: 200, directives: 200 },
    });
    gateway = await startGateway(config, { supergraphSdl: compose([pets]), processMetrics: false });
  });
  afterAll(async () => {
    await gateway.stop();
    await Promise.all([pets.close(), agent.close()]);
    process.stdout.write(`  ${[...counts].map(([status, count]) => `${count} with ${status}`).join(', ')}\n`);
  });

  async function send({ method = 'POST', search = '', headers = {}, body }: Sent): Promise<Received> {
    const { statusCode: status, body: answer } = await request(`${gateway.url}/graphql${search}`, {
      ...{ method, dispatcher: agent, headers: { 'content-type': 'application/json', ...headers } },
      ...(body === undefined ? {} : { body }),
    });
    counts.set(status, (counts.get(status) ?? 0) + 1);
    return { status, text: await answer.text() };
  }

  /** Sends what is made up, at least once, until the time is over, or as often as `FUZZ_RUNS` says. */
  async function forAny(sent: fc.Arbitrary<Sent>, holds: (received: Received) => void): Promise<void> {
    const endMs = performance.now() + TIME_MS;
    let runs = 0;
    const property = fc.asyncProperty(fc.array(sent, { minLength: 1, maxLength: TOGETHER }), async (all) => {
      if (RUNS === undefined && runs++ > 0 && performance.now() > endMs) return;
      for (const received of await Promise.all(all.map(send))) holds(received);
    });
    await fc.assert(property, { numRuns: RUNS === undefined ? 100 : Math.ceil((2 * RUNS) / TOGETHER) });
  }

  const isRefusedOrAnswered = ({ status, text }: Received) => {
    expect(status).toBeLessThan(500);
    expect(text).not.toMatch(/INTERNAL_SERVER_ERROR|SERVICE_UNAVAILABLE|node_modules|\.ts:\d/);
  };

  it('a valid operation is answered, or refused by a limit', async () => {
    await forAny(
      fc.tuple(fc.integer(), fc.constantFrom('query', 'mutation')).map(([seed, kind]) => {
        const { source: query, variables } = randomOperation(seed, schema, kind as 'query' | 'mutation');
        return { body: JSON.stringify({ query, variables }), headers: { accept: 'application/graphql-response+json' } };
      }),
      isRefusedOrAnswered,
    );
  });

  it('words of GraphQL in any order are refused, if they are no operation', async () => {
    const word = fc.oneof(
      fc.constantFrom(...'{ } ( ) [ ] : ! = | & @ $ ... " """ # , \\ \ufeff \u0000'.split(' ')),
      fc.constantFrom(
        'query',
        'mutation',
        'subscription',
        'fragment',
        'on',
        'type',
        'extend',
        'null',
        'true',
        '-1.5e9',
      ),
      fc.constantFrom(
        'pet',
        'owner',
        'id',
        '__typename',
        '__schema',
        '__proto__',
        'constructor',
        'include',
        'skip',
        'if',
        'Query',
        'Dog',
        'F',
      ),
      fc.constantFrom(
        '{ owner { ',
        '... on Dog { ',
        '...F ',
        'fragment F on Dog { ',
        '@include(if: $a) ',
        '$a: Boolean! ',
        ' } }',
      ),
    );
    const query = fc.array(word, { maxLength: 60, size: 'max' }).map((words) => words.join(' '));
    await forAny(
      fc
        .tuple(query, fc.oneof({ weight: 3, arbitrary: fc.constant('{}') }, { weight: 1, arbitrary: fc.json() }))
        .map(([text, variables]) => ({ body: `{"query":${JSON.stringify(text)},"variables":${variables}}` })),
      isRefusedOrAnswered,
    );
  });

  it('garbage for a body, for headers and for a query string is refused', async () => {
    const valid = Buffer.from(
      '{"query":"query A($id: ID!) { pet(id: $id) { name } }","variables":{"id":"1"},"operationName":"A"}',
    );
    const damaged = fc
      .tuple(fc.nat(valid.length), fc.nat(20), fc.uint8Array({ maxLength: 20 }))
      .map(([at, gone, more]) => Buffer.concat([valid.subarray(0, at), more, valid.subarray(at + gone)]));
    const member = fc.oneof(
      fc.json(),
      fc.constant('"{ __typename }"'),
      fc.constant('{"persistedQuery":{"version":1,"sha256Hash":"x"}}'),
    );
    const object = fc
      .dictionary(
        fc.constantFrom('query', 'variables', 'operationName', 'extensions', 'id', '__proto__', 'constructor'),
        member,
      )
      .map((members) => `{${Object.entries(members).map(([name, value]) => `${JSON.stringify(name)}:${value}`)}}`);
    const bytes = fc.uint8Array({ maxLength: 2000, size: 'max' }).map((some) => Buffer.from(some));
    const body = fc.oneof(damaged, object, fc.json(), fc.string(), bytes);
    const plain = fc.string({
      unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
      maxLength: 40,
    });
    const header = (...usual: string[]) =>
      fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...usual) }, { weight: 1, arbitrary: plain });
    const headers = fc.record(
      {
        'content-type': header(
          'application/json',
          'application/json; charset=utf-16',
          'text/plain',
          'multipart/form-data',
        ),
        accept: header(
          '*/*',
          'application/json',
          'application/graphql-response+json',
          'text/html',
          'application/*;q=0',
        ),
        'content-encoding': header('gzip', 'br', 'deflate', 'identity', 'zstd'),
        authorization: header('Bearer x', 'Bearer a.b.c', 'Basic eA=='),
        'x-request-id': plain,
        'x-query-plan': plain,
        traceparent: plain,
        'apollographql-client-name': plain,
        canary: plain,
      },
      { requiredKeys: [] },
    );
    const search = fc.oneof(
      fc.constant(''),
      plain.map((text) => `?${encodeURI(text)}`),
      fc
        .tuple(fc.constantFrom('query', 'variables', 'extensions', 'operationName'), fc.oneof(plain, fc.json()))
        .map(([name, value]) => `?query=%7B__typename%7D&${name}=${encodeURIComponent(value)}`),
    );
    await forAny(
      fc.tuple(fc.constantFrom('POST', 'POST', 'POST', 'GET', 'PUT', 'DELETE', 'OPTIONS'), body, headers, search).map(
        ([method, text, some, query]): Sent => ({
          ...{ method: method as 'POST', headers: some as Record<string, string>, search: query },
          ...(method === 'GET' || method === 'OPTIONS' ? {} : { body: text }),
        }),
      ),
      isRefusedOrAnswered,
    );
  });
});
