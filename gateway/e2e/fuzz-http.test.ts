import fc from 'fast-check';
import { buildSchema, execute, type GraphQLSchema, parse, printSchema } from 'graphql';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { petsResolver, petsSchema } from '../src/planner/testing/pets-schema.ts';
import { randomOperation } from '../src/planner/testing/random-operation.ts';
import { type FakeSubgraph, startFakeSubgraph } from '../src/testing/fake-subgraph.ts';
import { compose } from '../src/testing/test-gateway.ts';
import { startWatchedGateway, type WatchedGateway } from './testing/watched-gateway.ts';

/** `FUZZ_RUNS=100000 npm test -- gateway/e2e/fuzz-http`: so many requests of each kind, however long it takes. */
const RUNS = process.env.FUZZ_RUNS === undefined ? undefined : Number(process.env.FUZZ_RUNS);
const TIME_MS = 700;
/** Requests that are under way at once. */
const TOGETHER = 8;
/** Of the event loop's own CPU time: this machine does other things too. */
const MAX_STALL_MS = 100;
/** A process is started, and warmed up. */
const START_MS = 120_000;
/** So that code is loaded and compiled before stalls count. */
const WARM_UP = 80;
/** A stall is the input's where it comes back in each of so many processes that are asked nothing else. */
const REPEATS = 2;

const CONFIG = {
  server: { host: '127.0.0.1', port: 0 },
  admin: { host: '127.0.0.1', port: 0 },
  log: { level: 'fatal' },
  // One client sends all of it.
  rateLimit: { enabled: false },
  // How long an input keeps the gateway busy is measured; how long this machine keeps it waiting is no refusal of the input.
  deadline: '10m',
  subgraphRequest: { timeout: '10m' },
  // Random operations are full of them.
  limits: { aliases: 200, directives: 200 },
};

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

const validOperation = (seed: number, kind: 'query' | 'mutation'): Sent => {
  const { source: query, variables } = randomOperation(seed, schema, kind);
  return { body: JSON.stringify({ query, variables }), headers: { accept: 'application/graphql-response+json' } };
};

const ms = (value: number) => `${value.toFixed(0)} ms`;

describe('whatever a client sends', { timeout: RUNS === undefined ? 30_000 : 12 * 3_600_000 }, () => {
  const agent = new Agent({ connections: TOGETHER });
  let pets: FakeSubgraph;
  let gateway: WatchedGateway;
  const counts = new Map<number, number>();
  const stalls = { seen: 0, longestMs: 0, longestWallMs: 0, inputs: [] as object[] };

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
    gateway = await started();
  }, START_MS);
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await Promise.all([pets.close(), agent.close()]);
    process.stdout.write(`  ${[...counts].map(([status, count]) => `${count} with ${status}`).join(', ')}\n`);
    const { seen, longestMs, longestWallMs } = stalls;
    process.stdout.write(
      `  longest stall ${ms(longestMs)} of CPU, ${ms(longestWallMs)} by the clock; ${seen} too long\n`,
    );
  });

  async function send({ method = 'POST', search = '', headers = {}, body }: Sent, to = gateway): Promise<Received> {
    const { statusCode: status, body: answer } = await request(`${to.url}/graphql${search}`, {
      ...{ method, dispatcher: agent, headers: { 'content-type': 'application/json', ...headers } },
      ...(body === undefined ? {} : { body }),
    });
    counts.set(status, (counts.get(status) ?? 0) + 1);
    return { status, text: await answer.text() };
  }

  /** One that has answered, too. */
  async function started(): Promise<WatchedGateway> {
    const fresh = await startWatchedGateway(CONFIG, compose([pets]));
    for (let seed = 0; seed < WARM_UP; seed++) await send(validOperation(seed, 'query'), fresh);
    await fresh.longestStall();
    return fresh;
  }

  /** Finds those that, alone, keep the event loop from everything else whenever they are sent. */
  async function watchFor(all: readonly Sent[]): Promise<void> {
    const { cpuMs, wallMs } = await gateway.longestStall();
    stalls.longestMs = Math.max(stalls.longestMs, cpuMs);
    stalls.longestWallMs = Math.max(stalls.longestWallMs, wallMs);
    if (cpuMs <= MAX_STALL_MS) return;
    stalls.seen++;
    let suspects = all;
    for (let repeat = 0; repeat < REPEATS && suspects.length > 0; repeat++) suspects = await thatStall(suspects);
    stalls.inputs.push(...suspects.map(({ body, ...sent }) => ({ ...sent, body: body?.toString('latin1') })));
  }

  async function thatStall(all: readonly Sent[]): Promise<Sent[]> {
    await using fresh = await started();
    const those: Sent[] = [];
    for (const sent of all) {
      await send(sent, fresh);
      if ((await fresh.longestStall()).cpuMs > MAX_STALL_MS) those.push(sent);
    }
    return those;
  }

  /** Sends what is made up, at least once, until the time is over, or as often as `FUZZ_RUNS` says. */
  async function forAny(sent: fc.Arbitrary<Sent>, holds: (received: Received) => void): Promise<void> {
    const endMs = performance.now() + TIME_MS;
    let runs = 0;
    const property = fc.asyncProperty(fc.array(sent, { minLength: 1, maxLength: TOGETHER }), async (all) => {
      const isOver = RUNS === undefined && runs++ > 0 && performance.now() > endMs;
      if (isOver || stalls.inputs.length > 0) return;
      for (const received of await Promise.all(all.map((each) => send(each)))) holds(received);
      await watchFor(all);
    });
    await fc.assert(property, { numRuns: RUNS === undefined ? 100 : Math.ceil((2 * RUNS) / TOGETHER) });
    // Not in the property: there is nothing to shrink, and each try would start processes.
    expect(stalls.inputs).toEqual([]);
  }

  const isRefusedOrAnswered = ({ status, text }: Received) => {
    expect(status).toBeLessThan(500);
    expect(text).not.toMatch(/INTERNAL_SERVER_ERROR|SERVICE_UNAVAILABLE|node_modules|\.ts:\d/);
  };

  it('a valid operation is answered, or refused by a limit', async () => {
    await forAny(
      fc
        .tuple(fc.integer(), fc.constantFrom('query', 'mutation'))
        .map(([seed, kind]) => validOperation(seed, kind as 'query' | 'mutation')),
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
