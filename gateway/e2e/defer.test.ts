import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { mergePayloads } from '../src/incremental/testing/merge-payloads.ts';
import { CURRENT, collected, type DeferredGateway, FORMER, startDeferredGateway } from './testing/deferred-graph.ts';

const ERROR = { message: expect.any(String), extensions: { code: expect.any(String), requestId: expect.any(String) } };

describe('@defer', () => {
  let gateway: DeferredGateway;
  beforeAll(async () => {
    gateway = await startDeferredGateway();
  });
  afterAll(() => gateway[Symbol.asyncDispose]());
  beforeEach(() => {
    gateway.slowReviews.open();
    gateway.slowUsers.open();
    for (const { requests } of [gateway.products, gateway.reviews, gateway.users]) requests.splice(0);
  });

  it('the first payload comes while a deferred part is not there yet', async () => {
    gateway.slowReviews.close();
    const parts = gateway.parts('{ product(id: 1) { name ...@defer(label: "more") { rating } } }');
    expect((await parts.next()).value).toEqual({
      data: { product: { name: 'Saw' } },
      pending: [{ id: '0', path: ['product'], label: 'more' }],
      hasNext: true,
    });
    gateway.slowReviews.open();
    expect((await parts.next()).value).toEqual({
      incremental: [{ id: '0', data: { rating: 4 } }],
      completed: [{ id: '0' }],
      hasNext: false,
    });
    expect((await parts.next()).done).toBe(true);
  });

  it('in the format before it', async () => {
    expect(await gateway.all('{ p: product(id: 1) { n: name ...@defer(label: "x") { r: rating } } }', FORMER)).toEqual([
      { data: { p: { n: 'Saw' } }, hasNext: true },
      { incremental: [{ data: { r: 4 }, path: ['p'], label: 'x' }], hasNext: false },
    ]);
  });

  it.each([
    [CURRENT, 'multipart/mixed; boundary="-"; incrementalSpec=v0.2'],
    [FORMER, 'multipart/mixed; boundary="-"; deferSpec=20220824'],
  ])('%s: nobody keeps it, nothing compresses it', async (accept, type) => {
    const response = await gateway.post(
      '{ product(id: 1) { name ...@defer { rating } } }',
      accept,
      {},
      {
        'accept-encoding': 'gzip',
      },
    );
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(type);
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(response.headers.get('cache-control')).toContain('no-store');
    await response.text();
  });

  it.each([
    'application/json',
    'application/graphql-response+json',
    '*/*',
    'multipart/mixed;subscriptionSpec=1.0, application/json',
    'multipart/mixed;q=0, application/json',
  ])('Accept: %s: one answer, with everything', async (accept) => {
    const response = await gateway.post('{ product(id: 1) { name ...@defer { rating } } }', accept);
    expect(response.headers.get('content-type')).toMatch(/^application\//);
    expect(await response.json()).toEqual({ data: { product: { name: 'Saw', rating: 4 } } });
  });

  it.each(['multipart/mixed', 'application/json, multipart/mixed', 'multipart/mixed;incrementalSpec="v0.2"'])(
    'Accept: %s: in the current format',
    async (accept) => {
      const [first] = await gateway.all('{ product(id: 1) { name ...@defer { rating } } }', accept);
      expect(first.pending).toEqual([{ id: '0', path: ['product'] }]);
    },
  );

  it('what is not deferred is one answer for whoever takes parts, too', async () => {
    const response = await gateway.post('{ product(id: 1) { name } }', CURRENT);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toEqual({ data: { product: { name: 'Saw' } } });
  });

  it('a deferred part that no further request is made for comes with the rest', async () => {
    const response = await gateway.post('{ product(id: 1) { name reviews { id ...@defer { body } } } }', CURRENT);
    expect(await response.json()).toMatchObject({ data: { product: { reviews: [{ id: '1a', body: 'good' }, {}] } } });
  });

  it('if: by a literal, by a variable and by its default', async () => {
    const query = (condition: string) => `{ product(id: 1) { name ...@defer(if: ${condition}) { rating } } }`;
    expect(await gateway.all(query('false'))).toHaveLength(1);
    expect(await gateway.all(query('true'))).toHaveLength(2);
    const variable = `query($on: Boolean! = true) ${query('$on')}`;
    expect(await gateway.all(variable)).toHaveLength(2);
    expect(await gateway.all(variable, CURRENT, { on: false })).toHaveLength(1);
    expect(await gateway.all(variable, CURRENT, { on: true })).toHaveLength(2);
  });

  it('of a list: one part for each item', async () => {
    const payloads = await gateway.all('{ products { id ...@defer { rating reviews { body } } } }');
    expect(payloads[0].pending.map(({ path }: { path: unknown }) => path)).toEqual([
      ['products', 0],
      ['products', 1],
    ]);
    expect(mergePayloads(payloads).data).toEqual({
      products: [1, 2].map((id) => ({
        id: `${id}`,
        rating: id + 3,
        reviews: [{ body: 'good' }, { body: 'bad' }],
      })),
    });
    expect(gateway.reviews.requests).toHaveLength(1);
  });

  it('nested: the inner one only when the outer one has come, though it is there before', async () => {
    gateway.slowReviews.close();
    const parts = gateway.parts(`{ viewer { id }
      ...@defer(label: "outer") {
        product(id: 1) { rating ...@defer(label: "inner") { price } }
        ...@defer(label: "beside") { me { age } }
      } }`);
    const [first] = [(await parts.next()).value];
    expect(first).toEqual({
      data: { viewer: { id: 'u1' } },
      pending: [{ id: '0', path: [], label: 'outer' }],
      hasNext: true,
    });
    // `me` and `price` are not held back by anything but what they are in.
    gateway.slowReviews.open();
    const later = await collected(parts);
    const told = [first, ...later];
    const labels = told.flatMap(({ pending = [] }) => pending.map(({ label }: { label: string }) => label));
    expect(labels[0]).toBe('outer');
    expect(labels.toSorted()).toEqual(['beside', 'inner', 'outer']);
    expect(later[0].incremental[0]).toEqual({ id: '0', data: { product: { rating: 4 } } });
    expect(mergePayloads(told).data).toEqual({
      viewer: { id: 'u1' },
      product: { rating: 4, price: 20 },
      me: { age: 30 },
    });
  });

  it('two that overlap: what they have in common comes once, with the first', async () => {
    gateway.slowUsers.close();
    const parts = gateway.parts(`{ product(id: 1) { name
      ...@defer(label: "a") { reviews { id body } }
      ...@defer(label: "b") { reviews { id author { name } } } } }`);
    const first = (await parts.next()).value;
    expect(first.pending).toHaveLength(2);
    // The first does not wait for what is only the second’s.
    const second = (await parts.next()).value;
    expect(second.completed).toEqual([{ id: '0' }]);
    expect(second.hasNext).toBe(true);
    gateway.slowUsers.open();
    const rest = await collected(parts);
    expect(JSON.stringify(rest)).not.toContain('"id":"1a"');
    expect(mergePayloads([first, second, ...rest]).data).toEqual({
      product: {
        name: 'Saw',
        reviews: ['a', 'b'].map((letter, index) => ({
          id: `1${letter}`,
          body: index === 0 ? 'good' : 'bad',
          author: { name: `Name of u${index + 1}` },
        })),
      },
    });
  });

  it('with what is there at first: only what is missing follows, at its place below', async () => {
    const payloads = await gateway.all(`{ product(id: 1) { name reviews { id }
      ...@defer { name reviews { id author { name } } } } }`);
    expect(payloads[0].pending).toEqual([{ id: '0', path: ['product'] }]);
    expect(payloads[1].incremental).toEqual([
      { id: '0', subPath: ['reviews', 0], data: { author: { name: 'Name of u1' } } },
      { id: '0', subPath: ['reviews', 1], data: { author: { name: 'Name of u2' } } },
    ]);
  });

  it('named fragments, several operations, aliases of one field', async () => {
    const payloads =
      await gateway.all(`query A { one: product(id: 1) { ...F @defer(label: "1") } two: product(id: 2) { ...F @defer(label: "2") } }
      fragment F on Product { score: rating again: rating }`);
    expect(mergePayloads(payloads).data).toEqual({ one: { score: 4, again: 4 }, two: { score: 5, again: 5 } });
  });

  it('of abstract types: for those objects that the fragment is for', async () => {
    const payloads = await gateway.all(
      '{ items { name ... on Product @defer { rating } ... on Service @defer { hours rating } } }',
    );
    expect(mergePayloads(payloads).data).toEqual({
      items: [
        { name: 'Saw', rating: 4 },
        { name: 'Repair', hours: 3, rating: 9 },
      ],
    });
  });

  it('an error inside is told with it, masked, at its path', async () => {
    const payloads = await gateway.all('{ products { id ...@defer(label: "x") { broken rating } } }');
    expect(payloads[0].errors).toBeUndefined();
    expect(payloads[1].incremental[1]).toEqual({
      id: '1',
      data: { broken: null, rating: 5 },
      errors: [{ ...ERROR, path: ['products', 1, 'broken'] }],
    });
    expect(JSON.stringify(payloads)).not.toContain('hunter2');
  });

  it('a null that may not be fails the fragment, and no more', async () => {
    const query = '{ products { id ...@defer(label: "x") { needed rating } } }';
    const payloads = await gateway.all(query);
    expect(payloads[0].data).toEqual({ products: [{ id: '1' }, { id: '2' }] });
    const { data, failed } = mergePayloads(payloads);
    expect(failed).toEqual([['products', 0]]);
    expect(data).toEqual({ products: [{ id: '1' }, { id: '2', needed: 'there', rating: 5 }] });
    const completed = payloads.flatMap(({ completed = [] }) => completed);
    expect(completed).toEqual([{ id: '0', errors: [{ ...ERROR, path: ['products', 0, 'needed'] }] }, { id: '1' }]);

    const former = await gateway.all(query, FORMER);
    expect(former.flatMap(({ incremental = [] }) => incremental)).toContainEqual({
      data: null,
      path: ['products', 0],
      label: 'x',
      errors: [{ ...ERROR, path: ['products', 0, 'needed'] }],
    });
  });

  it('what is in a fragment that failed is not announced', async () => {
    const payloads = await gateway.all(
      '{ product(id: 1) { name ...@defer { needed ...@defer(label: "inner") { price } } } }',
    );
    expect(JSON.stringify(payloads)).not.toContain('inner');
    expect(mergePayloads(payloads)).toMatchObject({ data: { product: { name: 'Saw' } }, failed: [['product']] });
  });

  it('a subgraph that is down costs the fragment’s fields, with an error', async () => {
    gateway.reviews.answerWith((_request, response) => response.destroy());
    const payloads = await gateway.all('{ product(id: 1) { name ...@defer { rating } } }');
    gateway.reviews.answerWith(undefined);
    expect(payloads[0]).toMatchObject({ data: { product: { name: 'Saw' } } });
    expect(payloads[0].errors).toBeUndefined();
    expect(payloads[1].incremental).toEqual([
      { id: '0', data: { rating: null }, errors: [{ ...ERROR, path: ['product', 'rating'] }] },
    ]);
  });

  it('what the caller may not see is denied in its part', async () => {
    const payloads = await gateway.all('{ product(id: 1) { name ...@defer { rating secret } } }');
    expect(payloads[1].incremental).toEqual([
      {
        id: '0',
        data: { rating: 4, secret: null },
        errors: [
          {
            ...ERROR,
            path: ['product', 'secret'],
            extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE', requestId: expect.any(String) },
          },
        ],
      },
    ]);
    expect(gateway.reviews.requests.map(({ text }) => text).join()).not.toContain('secret');
  });

  it('of what a mutation gives', async () => {
    expect(await gateway.all('mutation { touch(id: 2) { name ...@defer { rating } } }')).toEqual([
      { data: { touch: { name: 'Nail' } }, pending: [{ id: '0', path: ['touch'] }], hasNext: true },
      { incremental: [{ id: '0', data: { rating: 5 } }], completed: [{ id: '0' }], hasNext: false },
    ]);
    expect(gateway.products.requests).toHaveLength(1);
  });

  it('introspection inside of a deferred part', async () => {
    const payloads = await gateway.all('{ viewer { id } ...@defer { __schema { queryType { name } } me { id } } }');
    expect(mergePayloads(payloads).data).toEqual({
      viewer: { id: 'u1' },
      __schema: { queryType: { name: 'Query' } },
      me: { id: 'u1' },
    });
  });

  it('the schema tells of both directives', async () => {
    const [{ data }] = await gateway.all('{ __schema { directives { name locations args { name } } } }');
    expect(data.__schema.directives).toEqual(
      expect.arrayContaining([
        { name: 'defer', locations: ['FRAGMENT_SPREAD', 'INLINE_FRAGMENT'], args: [{ name: 'if' }, { name: 'label' }] },
        { name: 'stream', locations: ['FIELD'], args: [{ name: 'if' }, { name: 'label' }, { name: 'initialCount' }] },
      ]),
    );
  });

  it('@stream is taken, and the list comes as a whole', async () => {
    const query = '{ product(id: 1) { reviews @stream(initialCount: 1, label: "s") { id } tags @stream } }';
    expect(await gateway.all(query)).toEqual([
      { data: { product: { reviews: [{ id: '1a' }, { id: '1b' }], tags: ['new', 'old'] } } },
    ]);
    expect(JSON.stringify(gateway.products.requests)).not.toContain('stream');
  });

  it.each([
    ['mutation { ...@defer { touch(id: 1) { id } } }', 'Defer directive cannot be used on root mutation type'],
    ['subscription { touched { id ...@defer { rating } } }', 'Defer directive not supported on subscription'],
    ['subscription { touched { tags @stream } }', 'Stream directive not supported on subscription'],
    ['{ product(id: 1) { ...@defer(label: "a") { id } ...@defer(label: "a") { name } } }', 'must be unique'],
    ['query($l: String) { product(id: 1) { ...@defer(label: $l) { id } } }', 'must be a static string'],
    ['{ product(id: 1) { name @stream } }', 'cannot be used on non-list field'],
    ['{ product(id: 1) { name @defer } }', 'may not be used on FIELD'],
  ])('%s is refused', async (query, message) => {
    const [{ errors, data }] = await gateway.all(query, 'multipart/mixed;subscriptionSpec=1.0, application/json');
    expect(data).toBeUndefined();
    expect(errors[0].message).toContain(message);
    expect(errors[0].extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  it('a client that leaves is done no more work for', async () => {
    let isGivenUp = false;
    gateway.reviews.answerWith((_request, response) => response.once('close', () => (isGivenUp = true)));
    const leave = new AbortController();
    const response = await fetch(`${gateway.running.url}/graphql`, {
      method: 'POST',
      signal: leave.signal,
      headers: { 'content-type': 'application/json', accept: CURRENT },
      body: JSON.stringify({
        query: '{ product(id: 1) { name ...@defer { reviews { author { name } } } } }',
      }),
    });
    await response.body?.getReader().read();
    await expect.poll(() => gateway.reviews.requests.length).toBe(1);
    leave.abort();
    await expect.poll(() => isGivenUp).toBe(true);
    gateway.reviews.answerWith(undefined);
    expect(await gateway.all('{ product(id: 2) { rating } }')).toEqual([{ data: { product: { rating: 5 } } }]);
    expect(gateway.users.requests).toEqual([]);
  });

  it('a client that leaves over a WebSocket has not been answered in part', async () => {
    await using own = await startDeferredGateway();
    own.slowReviews.close();
    const url = `${own.running.url.replace('http', 'ws')}/graphql`;
    const client = createClient({ url, webSocketImpl: WebSocket });
    for await (const { hasNext } of client.iterate<unknown, unknown>({
      query: '{ product(id: 1) { name ...@defer { rating } } }',
    })) {
      expect(hasNext).toBe(true);
      break;
    }
    const outcomes = async () => {
      const metrics = await (await fetch(`${own.running.adminUrl}/metrics`)).text();
      return [...metrics.matchAll(/^graphql_operations_total\{.*outcome="(\w+)".*\} ([1-9]\d*)$/gm)].map(
        ([, outcome]) => outcome,
      );
    };
    await expect.poll(outcomes).toEqual(['success']);
    await client.dispose();
  });
});

describe('@defer, off', () => {
  it('an operation that there is no plan for in parts is answered at once', async () => {
    await using gateway = await startDeferredGateway({ limits: { planFetches: 1 } });
    expect(await gateway.all('{ viewer { id } ...@defer { product(id: 1) { name } } }')).toEqual([
      { data: { viewer: { id: 'u1' }, product: { name: 'Saw' } } },
    ]);
  });

  it('documents with it are refused', async () => {
    await using gateway = await startDeferredGateway({ incrementalDelivery: { enabled: false } });
    const [{ errors }] = await gateway.all('{ product(id: 1) { name ...@defer { rating } } }');
    expect(errors[0].message).toContain('Unknown directive "@defer"');
  });
});
