import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { until } from '@tributary/service-kit/testing';
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';

const MIB = 1024 ** 2;
/** Limits alone decide here. */
const ALONE = { cost: { mode: 'off' }, rateLimit: { enabled: false } } as const;
const print = (what: string) => process.stdout.write(`  ${what}\n`);
const many = (count: number, of: (index: number) => string) => Array.from({ length: count }, (_, i) => of(i)).join(' ');

let gateway: TestGateway;
let open: TestGateway;
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
function heapMiB(): number {
  collect();
  return process.memoryUsage().heapUsed / MIB;
}

/** Of a light query in this run: what a refusal is compared with. */
let lightMs: number;

beforeAll(async () => {
  [gateway, open] = await Promise.all([startTestGateway(ALONE), startTestGateway({ ...ALONE, introspection: true })]);
  const times: number[] = [];
  while (times.length < 20) times.push((await timed(() => gateway.ask('{ books { title } }'))).ms);
  lightMs = times.sort((a, b) => a - b)[10] ?? 0;
  print(`a light query takes ${lightMs.toFixed(1)} ms`);
});
afterAll(() => Promise.all([gateway.stop(), open.stop()]));
beforeEach(() => {
  for (const { books, reviews } of [gateway, open]) books.requests.length = reviews.requests.length = 0;
});

async function timed<T>(run: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const startedMs = performance.now();
  const value = await run();
  return { value, ms: performance.now() - startedMs };
}

/** The only error of a refusal: 4xx, in GraphQL's own media type, without data, and without a request to a subgraph. */
async function refusal(query: string, variables?: object): Promise<readonly [code: string, message: string]> {
  const { status, headers, data, errors = [] } = await gateway.ask(query, variables && { variables });
  expect(headers.get('content-type')).toBe('application/graphql-response+json; charset=utf-8');
  expect(Math.floor(status / 100)).toBe(4);
  expect(data).toBeUndefined();
  expect(errors).toHaveLength(1);
  expect([...gateway.books.requests, ...gateway.reviews.requests]).toEqual([]);
  return [errors[0]?.extensions.code ?? '', errors[0]?.message ?? ''];
}

const over = (message: string) => ['OPERATION_LIMIT_EXCEEDED', message];

/** Where a light query takes longer than this, the machine does something else as well, and refusals take longer by as much. */
const LIGHT_MS = 5;
const within = (barMs: number) => barMs * Math.max(1, lightMs / LIGHT_MS);

/** The median of five refusals, each of another document: one that is known is not read again. */
async function medianOf<T>(refuse: (comment: string) => Promise<T>): Promise<{ value: T; ms: number }> {
  const runs: { value: T; ms: number }[] = [];
  for (let run = 0; run < 5; run++) runs.push(await timed(() => refuse(`#${run}`)));
  return runs.sort((a, b) => a.ms - b.ms)[2] as { value: T; ms: number };
}

describe('depth, tokens', () => {
  const levels = (count: number) => `${'reviews { book { '.repeat(count)}title${' } }'.repeat(count)}`;

  it('more than 10 levels are refused, in fragments too', async () => {
    const message = 'The document is more than 10 levels deep.';
    expect(await refusal(`{ books { ${levels(5)} } }`)).toEqual(over(message));
    expect(await refusal(`{ books { ...b } } fragment b on Book { ${levels(5)} }`)).toEqual(over(message));
    const eleven = levels(4).replace('title', 'reviews { text }');
    expect(await refusal(`{ books { ${eleven} } }`)).toEqual(over(message));
    expect((await gateway.ask(`{ books { ${levels(4)} reviews { __typename } } }`)).status).toBe(200);
  });

  it('more than 2000 tokens are refused in either media type, and 15 KB of {a{a{ do not reach the parser’s stack', async () => {
    const message = 'The document has more than 2000 tokens.';
    const wide = `{ ${'__typename '.repeat(1999)} }`;
    expect(await refusal(wide)).toEqual(over(message));
    expect((await refusal(`{ ${'__typename '.repeat(1998)} }`))[1]).not.toBe(message);
    expect((await gateway.ask(wide, { headers: { accept: 'application/json' } })).status).toBe(400);
    const deep = '{a'.repeat(7500);
    expect(await refusal(deep)).toEqual(over('The document has more than 100 brackets inside each other.'));
  });

  it('introspection, where it is on, may have 20 levels: the standard query of tools passes with all its options', async () => {
    const all = { schemaDescription: true, specifiedByUrl: true, directiveIsRepeatable: true, oneOf: true };
    const standard = await open.ask(getIntrospectionQuery({ ...all, inputValueDeprecation: true }));
    expect(standard.errors).toBeUndefined();
    expect(standard.data.__schema.types.length).toBeGreaterThan(10);
    const ofType = (count: number) =>
      `{ __type(name: "Book") { ${'ofType { '.repeat(count)}name${' }'.repeat(count)} } }`;
    expect((await open.ask(ofType(18))).data).toEqual({ __type: { ofType: null } });
    const tooDeep = await open.ask(ofType(19));
    expect([tooDeep.status, tooDeep.errors?.[0]?.extensions.code]).toEqual([400, 'OPERATION_LIMIT_EXCEEDED']);
  });
});

describe('aliases, root fields', () => {
  it('101 aliases are refused, and 16; __typename counts', async () => {
    const message = 'The operation has more than 15 aliases, fragments written out.';
    expect(await refusal(`{ books { ${many(101, (i) => `a${i}: title`)} } }`)).toEqual(over(message));
    expect(await refusal(`{ books { ${many(16, (i) => `a${i}: __typename`)} } }`)).toEqual(over(message));
    const inFragments = 'a: book(isbn: 1) { ...f } b: book(isbn: 2) { ...f }';
    expect(await refusal(`{ ${inFragments} } fragment f on Book { ${many(7, (i) => `a${i}: title`)} }`)).toEqual(
      over(message),
    );
    expect((await gateway.ask(`{ books { ${many(15, (i) => `a${i}: title`)} } }`)).status).toBe(200);
  });

  it('16 root fields are refused', async () => {
    const fields = ['books { isbn }', ...Array.from({ length: 14 }, (_, i) => `a${i}: __typename`)].join(' ');
    expect((await gateway.ask(`{ ${fields} }`)).status).toBe(200);
    gateway.books.requests.length = 0;
    expect(await refusal(`{ ${fields} __typename }`)).toEqual(over('The operation has more than 15 root fields.'));
  });
});

describe('directives, duplicates', () => {
  it('50,000 @aa are refused within 50 ms, and 51 on different fields', async () => {
    const message = 'The document has more than 50 directives.';
    const { value, ms } = await medianOf((comment) => refusal(`{ __typename ${'@aa'.repeat(50_000)} } ${comment}`));
    print(`50,000 @aa: ${ms.toFixed(1)} ms`);
    expect(value).toEqual(over(message));
    expect(ms).toBeLessThan(within(50));
    expect(await refusal(`{ books { ${many(51, (i) => `isbn @skip(if: ${i % 2 === 0})`)} } }`)).toEqual(over(message));
  });

  it('2.5 KB of nested duplicates are refused before they are validated', async () => {
    const times = (count: number, of: string) => many(count, () => of);
    const query = `{ books { ${times(12, `reviews { ${times(12, 'book { isbn }')} }`)} } }`;
    expect(Buffer.byteLength(query)).toBeLessThan(2600);
    const { value, ms } = await medianOf((comment) => refusal(`${query} ${comment}`));
    print(`${query.length} bytes of nested duplicates: ${ms.toFixed(1)} ms`);
    expect(value[1]).toMatch(/^The document selects the same too often: more than 10000 pairs/);
    expect(ms).toBeLessThan(within(50));
  });
});

describe('fragment bombs and cycles', () => {
  /** Fragments each of which spreads the next one several times. */
  const bomb = (times: number, levels: number, name = 'f') => {
    const fragment = (level: number) =>
      `fragment ${name}${level} on Book { ${many(times, (i) => `a${i}: reviews { book { ...${name}${level + 1} } }`)} }`;
    return `{ books { ...${name}0 } } ${many(levels, fragment)} fragment ${name}${levels} on Book { title }`;
  };
  const flat = `{ books { ...f0 } } ${many(20, (i) => `fragment f${i} on Book { ...f${i + 1} ...f${i + 1} }`)} fragment f20 on Book { title }`;
  const cycle = '{ books { ...f } } fragment f on Book { reviews { book { ...g } } } fragment g on Book { ...f }';
  const dense = (count: number) => {
    const spreads = many(count, (i) => `...f${i}`);
    return `{ books { ${spreads} } } ${many(count, (i) => `fragment f${i} on Book { reviews { book { ${spreads} } } }`)}`;
  };

  it('a fan-out of 2^20 and cycles are refused within 100 ms, and block nobody', async () => {
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    for (const [what, query] of [
      ['2^20, nested', bomb(32, 4)],
      ['2^20, flat', flat],
      ['2^40', bomb(2, 40)],
      ['a cycle', cycle],
      ['fragments that all spread each other', dense(20)],
    ] as const) {
      const { value, ms } = await medianOf((comment) => refusal(`${query} ${comment}`));
      print(`${what}: ${ms.toFixed(1)} ms, ${value[1]}`);
      expect(['OPERATION_LIMIT_EXCEEDED', 'GRAPHQL_VALIDATION_FAILED']).toContain(value[0]);
      expect(ms).toBeLessThan(within(100));
    }
    delay.disable();
    print(`event loop: p90 ${(delay.percentile(90) / 1e6).toFixed(1)} ms, longest ${(delay.max / 1e6).toFixed(1)} ms`);
    expect(delay.percentile(90) / 1e6).toBeLessThan(within(100));
    expect((await refusal(cycle))[1]).toMatch(/^Cannot spread fragment "f" within itself/);
  });

  it('conditions whose combinations are millions are refused within 100 ms', async () => {
    const letters = ['a', 'b', 'c'];
    const places = many(16, (i) => `... @include(if: $c${i}) { x: __typename @include(if: $a${i}) @skip(if: $b${i}) }`);
    const declared = many(16, (i) => letters.map((letter) => `$${letter}${i}: Boolean!`).join(' '));
    const variables = Object.fromEntries(
      Array.from({ length: 48 }, (_, i) => [`${letters[i % 3]}${Math.floor(i / 3)}`, true]),
    );
    const { value, ms } = await medianOf((comment) =>
      refusal(`mutation (${declared}) { ${places} } ${comment}`, variables),
    );
    print(`3^16 combinations of conditions: ${ms.toFixed(1)} ms`);
    expect(value[0]).toBe('QUERY_PLAN_COMPLEXITY_EXCEEDED');
    expect(ms).toBeLessThan(within(100));
  });

  it('hundreds of them leave no memory behind', async () => {
    for (let run = 0; run < 25; run++) await refusal(bomb(32, 4, `warm${run}_`));
    const before = heapMiB();
    for (let run = 0; run < 100; run++) await refusal(bomb(32, 4, `f${run}_`));
    const grown = heapMiB() - before;
    print(`heap after 100 different bombs: ${grown.toFixed(1)} MiB more`);
    // What is kept of refusals is 8 MiB at most.
    expect(grown).toBeLessThan(16);
  });

  it('what was refused is not read again, and is counted and told each time', async () => {
    const query = `{ ${'__typename '.repeat(2000)} }`;
    const counted = async () => {
      const metric = await gateway.metrics.registry.getSingleMetric('graphql_limits_hit_total')?.get();
      return metric?.values.find(({ labels }) => labels.limit === 'tokens')?.value ?? 0;
    };
    const before = await counted();
    const errors = [await refusal(query), await refusal(query)];
    expect(errors[0]).toEqual(errors[1]);
    expect(await counted()).toBe(before + 2);
    const isTold = (line: string) => line.includes('"limit":"tokens"') && line.includes('"message":"request"');
    await until('the access lines', () => gateway.logLines.filter(isTold).length >= 2 || undefined);
    expect(gateway.logLines.join('')).not.toContain('__typename __typename');
  });
});

describe('variables', () => {
  const QUERY = 'query ($v: Json) { echo(value: $v) }';
  const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });

  it('more than 64 KB and more than 20 levels are refused', async () => {
    expect(await refusal(QUERY, { v: 'x'.repeat(64 * 1024) })).toEqual([
      'PAYLOAD_TOO_LARGE',
      'The variables are larger than 64 KiB.',
    ]);
    expect(await refusal(QUERY, { v: nested(20 + 1) })).toEqual(
      over('The variables are nested more than 20 levels deep.'),
    );
    const largest = 'x'.repeat(64 * 1024 - QUERY.length - 100);
    expect((await gateway.ask(QUERY, { variables: { v: largest } })).data.echo).toBe(largest);
    expect((await gateway.ask(QUERY, { variables: { v: nested(20) } })).data.echo).toEqual(nested(20));
  });

  it('100,000 brackets are refused', async () => {
    const body = `{"query":"${QUERY}","variables":{"v":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`;
    const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
    const response = await gateway.send({ method: 'POST', headers, body });
    expect(response.status).toBe(400);
    expect(gateway.books.requests).toEqual([]);
  });
});
