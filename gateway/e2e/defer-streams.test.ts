import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mergePayloads } from '../src/incremental/testing/merge-payloads.ts';
import type { RawAnswer } from '../src/testing/fake-subgraph.ts';
import {
  CURRENT,
  collected,
  type DeferredGateway,
  FORMER,
  type Payload,
  startDeferredGateway,
} from './testing/deferred-graph.ts';

const ERROR = { message: expect.any(String), extensions: { code: expect.any(String), requestId: expect.any(String) } };
const product = (id: number) => ({ id: `${id}`, rating: id + 3 });

/** Of the request to a subgraph, the entities that it is asked for. */
const idsAsked = ({ text }: { text: string }): string[] =>
  (JSON.parse(text).variables?.representations ?? []).map(({ id }: { id: string }) => id);

describe('@stream', () => {
  let gateway: DeferredGateway;
  beforeAll(async () => {
    gateway = await startDeferredGateway();
  });
  afterAll(() => gateway[Symbol.asyncDispose]());
  beforeEach(() => {
    gateway.slowReviews.open();
    gateway.slowUsers.open();
    gateway.reviews.answerWith(undefined);
    for (const { requests } of [gateway.products, gateway.reviews, gateway.users]) requests.splice(0);
  });
  /** In both formats what one answer is, with the errors of that at the same paths. */
  const expectWhole = async (query: string) => {
    const [whole] = await gateway.all(query, 'application/json');
    for (const format of [CURRENT, FORMER]) {
      const payloads = await gateway.all(query, format);
      expect(payloads.length).toBeGreaterThan(1);
      const { data, errors, failed } = mergePayloads(payloads);
      expect(data).toEqual(whole.data);
      expect(failed).toEqual([]);
      expect(errors.map((error) => (error as Payload).path)).toEqual(
        (whole.errors ?? []).map(({ path }: Payload) => path),
      );
    }
  };

  it('the first payload comes while the subgraph still hangs over the other items', async () => {
    gateway.slowReviews.close('3', '1', '4');
    const parts = gateway.parts('{ shelf @stream(initialCount: 1, label: "more") { id rating } }');
    expect((await parts.next()).value).toEqual({
      data: { shelf: [product(2)] },
      pending: [{ id: '0', path: ['shelf'], label: 'more' }],
      hasNext: true,
    });
    // On two connections: either may be there first.
    expect(new Set(gateway.reviews.requests.map(idsAsked))).toEqual(new Set([['2'], ['3', '1', '4']]));
    gateway.slowReviews.open();
    expect(await collected(parts)).toEqual([
      {
        incremental: [{ id: '0', items: [product(3), product(1), product(4)] }],
        completed: [{ id: '0' }],
        hasNext: false,
      },
    ]);
    expect(gateway.products.requests).toHaveLength(1);
  });

  it('in the format before it', async () => {
    expect(await gateway.all('{ s: shelf @stream(initialCount: 2, label: "x") { r: rating } }', FORMER)).toEqual([
      { data: { s: [{ r: 5 }, { r: 6 }] }, hasNext: true },
      { incremental: [{ items: [{ r: 4 }, { r: 7 }], path: ['s', 2], label: 'x' }], hasNext: false },
    ]);
  });

  it('no item is there at first, where nothing is said of how many', async () => {
    const [first, ...later] = await gateway.all('{ shelf @stream { id rating } }');
    expect(first.data).toEqual({ shelf: [] });
    expect(mergePayloads([first, ...later]).data).toEqual({ shelf: [2, 3, 1, 4].map(product) });
    expect(gateway.reviews.requests.map(idsAsked)).toEqual([['2', '3', '1', '4']]);
  });

  it('how many and whether: by variables, of which no plan knows', async () => {
    const query = `query($n: Int = 3, $on: Boolean! = true) { shelf @stream(initialCount: $n, if: $on) { id rating } }`;
    const counts = async (variables: object) => {
      const [first] = await gateway.all(query, CURRENT, variables);
      return first.data.shelf.length;
    };
    expect(await counts({})).toBe(3);
    expect(await counts({ n: 1 })).toBe(1);
    expect(await counts({ n: 0 })).toBe(0);
    expect(await counts({ n: 1, on: false })).toBe(4);
    const misses = async () =>
      /^graphql_plan_cache_lookups_total\{.*outcome="miss".*\} (\d+)/m.exec(
        await (await fetch(`${gateway.running.adminUrl}/metrics`)).text(),
      )?.[1];
    const before = await misses();
    expect(before).toMatch(/\d/);
    for (const count of [0, 1, 2]) await gateway.all(`{ shelf @stream(initialCount: ${count}) { id rating } }`);
    expect(await misses()).toBe(before);
  });

  it.each([
    ['a list that is not longer', '{ shelf @stream(initialCount: 4) { id rating } }'],
    ['a huge number', '{ shelf @stream(initialCount: 2147483647) { id rating } }'],
    ['nothing is fetched below the items', '{ shelf @stream(initialCount: 1) { id name tags @stream } }'],
    ['a list of leaves', '{ product(id: 1) { rating tags @stream } }'],
    ['a list that is null', '{ product(id: 9) { reviews @stream { author { name } } } }'],
    ['if: false', '{ shelf @stream(if: false) { id rating } }'],
    ['introspection', '{ __schema { types @stream { name } } }'],
    ['another name of the same list is not streamed', '{ shelf @stream { id rating } all: shelf { id rating } }'],
  ])('at once: %s', async (_what, query) => {
    const response = await gateway.post(query, CURRENT);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const whole = await (await gateway.post(query, 'application/json')).json();
    expect(await response.json()).toEqual(whole);
  });

  it.each(['application/json', 'application/graphql-response+json', '*/*'])(
    'Accept: %s: one answer, with one request to each subgraph',
    async (accept) => {
      const response = await gateway.post('{ shelf @stream(initialCount: 1) { id rating } }', accept);
      expect(await response.json()).toEqual({ data: { shelf: [2, 3, 1, 4].map(product) } });
      expect(gateway.reviews.requests).toHaveLength(1);
      expect(JSON.stringify(gateway.products.requests)).not.toContain('stream');
    },
  );

  it.each([
    [
      'in a list',
      '{ shelf @stream(initialCount: 1) { id reviews @stream(initialCount: 1) { body author { name } } } }',
    ],
    ['below a list that is not', '{ products { id reviews @stream(initialCount: 1) { body author { name } } } }'],
    ['in a deferred fragment', '{ viewer { id } ...@defer { shelf @stream(initialCount: 1) { id rating } } }'],
    [
      'with deferred fragments in its items',
      '{ shelf @stream(initialCount: 1) { id rating ...@defer { me: reviews { author { name } } } } }',
    ],
    [
      'with a list in a deferred fragment in its items',
      '{ shelf @stream(initialCount: 2) { rating ...@defer { reviews @stream { body author { name age } } } } }',
    ],
    [
      'under two names',
      '{ a: shelf @stream(initialCount: 1) { rating } b: shelf @stream(initialCount: 3) { rating } }',
    ],
    ['selected twice', '{ shelf @stream(initialCount: 1) { id } shelf @stream(initialCount: 1) { rating } }'],
    ['of what a mutation gives', 'mutation { touch(id: 2) { reviews @stream(initialCount: 1) { author { name } } } }'],
    ['with errors in items', '{ shelf @stream(initialCount: 2) { id broken rating } }'],
    ['with what the caller may not see', '{ shelf @stream(initialCount: 2) { id rating secret } }'],
    ['with items that become null', '{ loose @stream(initialCount: 1) { id needed } }'],
  ])('%s: together, the payloads are the answer', (_where, query) => expectWhole(query));

  it('a list inside of items that come later comes in parts itself', async () => {
    gateway.slowUsers.close('u2');
    const parts = gateway.parts(
      '{ shelf @stream(initialCount: 1) { id reviews @stream(initialCount: 1) { author { name } } } }',
    );
    const author = (number: number) => ({ author: { name: `Name of u${number}` } });
    const [first, second] = [(await parts.next()).value, (await parts.next()).value];
    expect(first).toEqual({
      data: { shelf: [{ id: '2', reviews: [author(1)] }] },
      pending: [
        { id: '0', path: ['shelf', 0, 'reviews'] },
        { id: '1', path: ['shelf'] },
      ],
      hasNext: true,
    });
    expect(second).toEqual({
      incremental: [{ id: '1', items: ['3', '1', '4'].map((id) => ({ id, reviews: [author(1)] })) }],
      completed: [{ id: '1' }],
      pending: ['2', '3', '4'].map((id, index) => ({ id, path: ['shelf', index + 1, 'reviews'] })),
      hasNext: true,
    });
    gateway.slowUsers.open();
    const { data } = mergePayloads([first, second, ...(await collected(parts))]);
    expect(data).toEqual({ shelf: ['2', '3', '1', '4'].map((id) => ({ id, reviews: [author(1), author(2)] })) });
  });

  it('deferred fragments of items come with the items or after them', async () => {
    gateway.slowUsers.close();
    const parts = gateway.parts(
      '{ shelf @stream(initialCount: 1) { id ...@defer(label: "d") { reviews { author { name } } } rating } }',
    );
    const [first, second] = [(await parts.next()).value, (await parts.next()).value];
    expect(first.pending.map(({ path }: Payload) => path)).toEqual([['shelf', 0], ['shelf']]);
    expect(second.incremental).toEqual([{ id: '1', items: [product(3), product(1), product(4)] }]);
    expect(second.pending.map(({ path }: Payload) => path)).toEqual([1, 2, 3].map((index) => ['shelf', index]));
    gateway.slowUsers.open();
    const later = await collected(parts);
    expect(mergePayloads([first, second, ...later]).data).toMatchObject({ shelf: [2, 3, 1, 4].map(product) });
  });

  it('an error in an item is told with the items, masked, at its path', async () => {
    const [first, later] = await gateway.all('{ shelf @stream(initialCount: 1) { id broken } }');
    expect(first.errors).toEqual([{ ...ERROR, path: ['shelf', 0, 'broken'] }]);
    expect(later.incremental).toEqual([
      {
        id: '0',
        items: ['3', '1', '4'].map((id) => ({ id, broken: null })),
        errors: [1, 2, 3].map((index) => ({ ...ERROR, path: ['shelf', index, 'broken'] })),
      },
    ]);
    expect(JSON.stringify([first, later])).not.toContain('hunter2');
  });

  it('an item that is null and may not be ends the list', async () => {
    const query = '{ shelf @stream(initialCount: 1, label: "x") { id needed } }';
    const error = { ...ERROR, path: ['shelf', 2, 'needed'] };
    const payloads = await gateway.all(query);
    expect(payloads).toEqual([
      {
        data: { shelf: [{ id: '2', needed: 'there' }] },
        pending: [{ id: '0', path: ['shelf'], label: 'x' }],
        hasNext: true,
      },
      {
        incremental: [{ id: '0', items: [{ id: '3', needed: 'there' }] }],
        completed: [{ id: '0', errors: [error] }],
        hasNext: false,
      },
    ]);
    expect(await gateway.all(query, FORMER)).toEqual([
      { data: { shelf: [{ id: '2', needed: 'there' }] }, hasNext: true },
      {
        incremental: [
          { items: [{ id: '3', needed: 'there' }], path: ['shelf', 1], label: 'x' },
          { items: null, path: ['shelf', 2], label: 'x', errors: [error] },
        ],
        hasNext: false,
      },
    ]);
  });

  /** Of the first product on the shelf, they are there; what is asked beside it has another answer. */
  const answerLaterWith = (later: RawAnswer) =>
    gateway.reviews.answerWith((request, response) => {
      if (!idsAsked(request).includes('2')) return later(request, response);
      const data = { _entities: [{ __typename: 'Product', rating: 5 }] };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data }));
    });

  it('where the request for the other items breaks, they come without it, and with errors', async () => {
    answerLaterWith((_request, response) => response.writeHead(500).end('postgres://reviews:hunter2@10.0.0.1'));
    const [first, ...later] = await gateway.all('{ shelf @stream(initialCount: 1) { id rating } }');
    expect(first).toMatchObject({ data: { shelf: [product(2)] }, hasNext: true });
    expect(first.errors).toBeUndefined();
    const extensions = { code: 'SUBGRAPH_UNAVAILABLE', requestId: expect.any(String) };
    expect(later).toEqual([
      {
        incremental: [
          {
            id: '0',
            items: ['3', '1', '4'].map((id) => ({ id, rating: null })),
            errors: [1, 2, 3].map((index) => ({ ...ERROR, path: ['shelf', index, 'rating'], extensions })),
          },
        ],
        completed: [{ id: '0' }],
        hasNext: false,
      },
    ]);
    expect(JSON.stringify(later)).not.toContain('hunter2');
  });

  it('where the client leaves behind the first items, the request for the others is given up, and the operation counted', async () => {
    let isGivenUp = false;
    answerLaterWith((_request, response) => response.once('close', () => (isGivenUp = true)));
    const counted = async () => {
      const { values } = await gateway.running.metrics.get('graphql_operations_total').get();
      return values.reduce((sum, { value }) => sum + value, 0);
    };
    const before = await counted();
    const parts = gateway.parts('{ shelf @stream(initialCount: 1) { id rating } }');
    expect((await parts.next()).value.data).toEqual({ shelf: [product(2)] });
    await expect.poll(() => gateway.reviews.requests.length).toBe(2);
    expect(await counted()).toBe(before);
    expect(isGivenUp).toBe(false);
    await parts.return(undefined);
    await expect.poll(() => isGivenUp).toBe(true);
    await expect.poll(counted).toBe(before + 1);
  });

  it('one among the first items makes the list null, and nothing follows', async () => {
    const payloads = await gateway.all('{ viewer { id } shelf @stream(initialCount: 3) { id needed } }');
    expect(payloads).toEqual([
      { data: { viewer: { id: 'u1' }, shelf: null }, errors: [{ ...ERROR, path: ['shelf', 2, 'needed'] }] },
    ]);
  });

  it.each([
    ['query($n: Int) { shelf @stream(initialCount: $n) { rating } }', { n: null }, 'BAD_USER_INPUT'],
    ['query($n: Int!) { shelf @stream(initialCount: $n) { rating } }', { n: -1 }, 'BAD_USER_INPUT'],
    ['query($n: Int!) { shelf @stream(initialCount: $n) { rating } }', { n: 2 ** 31 }, 'BAD_USER_INPUT'],
    ['query($n: Int!) { shelf @stream(initialCount: $n) { rating } }', { n: 'x' }, 'BAD_USER_INPUT'],
    ['{ shelf @stream(initialCount: -1) { rating } }', {}, 'GRAPHQL_VALIDATION_FAILED'],
    ['{ shelf @stream(initialCount: null) { rating } }', {}, 'GRAPHQL_VALIDATION_FAILED'],
    ['{ shelf @stream(initialCount: 2147483648) { rating } }', {}, 'GRAPHQL_VALIDATION_FAILED'],
    ['{ product(id: 1) @stream { rating } }', {}, 'GRAPHQL_VALIDATION_FAILED'],
    [
      '{ shelf @stream(initialCount: 1) { id } shelf @stream(initialCount: 2) { id } }',
      {},
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['{ shelf { id } ...F } fragment F on Query { shelf @stream { id } }', {}, 'GRAPHQL_VALIDATION_FAILED'],
    ['{ ...F } fragment F on Query { shelf @stream { id } ...F }', {}, 'GRAPHQL_VALIDATION_FAILED'],
  ])('%s with %j is refused before anything is fetched', async (query, variables, code) => {
    const [answer] = await gateway.all(query, CURRENT, variables);
    expect(answer.data).toBeUndefined();
    expect(answer.errors[0].extensions.code).toBe(code);
    expect(gateway.products.requests).toEqual([]);
  });
});

it('what is asked in parts has no more requests than the limit of a plan: else a list comes as a whole', async () => {
  await using gateway = await startDeferredGateway({ limits: { planFetches: 2 } });
  expect(await gateway.all('{ shelf @stream(initialCount: 1) { id rating } }')).toEqual([
    { data: { shelf: [2, 3, 1, 4].map(product) } },
  ]);
  expect(gateway.reviews.requests).toHaveLength(1);
});
