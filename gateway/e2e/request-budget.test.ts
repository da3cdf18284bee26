import { until } from '@tributary/service-kit/testing';
import { describe, expect, it } from 'vitest';
import { json } from '../src/testing/fake-subgraph.ts';
import { startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';

/** How many requests have met the limit. */
async function hits({ metrics }: TestGateway, limit: string): Promise<number | undefined> {
  const metric = await metrics.registry.getSingleMetric('graphql_limits_hit_total')?.get();
  return metric?.values.find(({ labels }) => labels.limit === limit)?.value;
}

describe('limits of a request, as they are configured', () => {
  it('each refuses one more than it says', async () => {
    const limits = { tokens: 30, depth: 2, aliases: 1, rootFields: 2, directives: 1, selections: 5, variablesDepth: 1 };
    await using small = await startTestGateway({ limits: { ...limits, variables: '32B' } });
    const codeOf = async (query: string, variables = {}) =>
      (await small.ask(query, { variables })).errors?.[0]?.extensions.code;
    const refused: [string, object?][] = [
      [`{ ${'books { isbn } '.repeat(8)} }`],
      ['{ books { reviews { stars } } }'],
      ['{ a: __typename b: __typename }'],
      ['{ __typename books { isbn } book(isbn: 1) { isbn } }'],
      ['{ books @skip(if: false) { isbn @skip(if: false) } }'],
      ['{ books { isbn isbn isbn isbn isbn } }'],
      ['query ($v: Json) { echo(value: $v) }', { v: [[1]] }],
    ];
    for (const [query, variables] of refused) expect(await codeOf(query, variables)).toBe('OPERATION_LIMIT_EXCEEDED');
    expect(await codeOf('query ($v: Json) { echo(value: $v) }', { v: 'x'.repeat(32) })).toBe('PAYLOAD_TOO_LARGE');
    expect(small.books.requests).toEqual([]);
    expect(await codeOf('{ books { isbn } }')).toBeUndefined();
  });

  it('a plan with more fetches, or more of them in a row, is refused before the first', async () => {
    await using few = await startTestGateway({ limits: { planFetches: 1 } });
    await using shallow = await startTestGateway({ limits: { planDepth: 1 } });
    for (const [{ ask, books, reviews }, message] of [
      [few, 'The operation is too complex: its plan has more than 1 fetches.'],
      [shallow, 'The operation is too complex: more than 1 fetches of its plan wait for each other.'],
    ] as const) {
      for (let again = 0; again < 2; again++) {
        const { status, data, errors } = await ask('{ books { title rating } }');
        expect([status, data, errors?.[0]?.extensions.code]).toEqual([
          400,
          undefined,
          'QUERY_PLAN_COMPLEXITY_EXCEEDED',
        ]);
        expect(errors?.[0]?.message).toBe(message);
      }
      expect([...books.requests, ...reviews.requests]).toEqual([]);
      expect((await ask('{ books { title } }')).data.books).toHaveLength(3);
    }
    expect(await hits(few, 'plan_fetches')).toBe(2);
  });

  it('entities go in several fetches, and no more of them than a request may ask for', async () => {
    await using chunked = await startTestGateway({ limits: { entitiesPerFetch: 2 } });
    const query = '{ books { isbn rating } }';
    expect((await chunked.ask(query)).data.books).toHaveLength(3);
    const counts = chunked.reviews.requests.map(({ body }) => Object(body.variables).representations.length);
    expect(counts.sort()).toEqual([1, 2]);

    await using capped = await startTestGateway({ limits: { entitiesPerFetch: 2, entities: 2 } });
    const { status, data, errors } = await capped.ask(query);
    expect(status).toBe(200);
    expect(data.books.map(({ rating }: { rating: unknown }) => rating)).toEqual([4.5, 4.5, null]);
    expect(errors?.map(({ path, extensions }) => [path, extensions.code])).toEqual([
      [['books', 2, 'rating'], 'OPERATION_LIMIT_EXCEEDED'],
    ]);
    expect(capped.reviews.requests).toHaveLength(1);
  });

  it('the answers of subgraphs are cut where they are too many bytes together: the rest goes out, nothing more is asked', async () => {
    await using cut = await startTestGateway({ limits: { subgraphBytes: '1KiB' } });
    const title = 'x'.repeat(800);
    cut.books.answerWith(
      json({
        data: {
          books: [1, 2].map((isbn) => ({ __typename: 'Book', isbn: `${isbn}`, title: isbn === 1 ? title : '' })),
        },
      }),
    );
    const fits = await cut.ask('{ books { title } }');
    expect(fits.data.books[0].title).toBe(title);
    cut.reviews.answerWith(
      json({
        data: {
          _entities: [1, 2].map(() => ({
            reviews: [{ text: 'y'.repeat(400), book: { __typename: 'Book', isbn: '9' } }],
          })),
        },
      }),
    );
    cut.books.requests.length = 0;
    const { status, data, errors } = await cut.ask('{ books { title reviews { text book { title } } } }');
    expect(status).toBe(200);
    expect(data.books.map((book: { title: string; reviews: unknown }) => [book.title.length, book.reviews])).toEqual([
      [800, null],
      [0, null],
    ]);
    expect(errors?.map(({ path, extensions }) => [path, extensions.code])).toEqual(
      [0, 1].map((index) => [['books', index, 'reviews'], 'SUBGRAPH_RESPONSE_INVALID']),
    );
    expect(cut.books.requests).toHaveLength(1);
    expect(await hits(cut, 'subgraph_bytes')).toBe(1);
    await until('its access line', () => cut.logLines.find((line) => line.includes('"limit":"subgraph_bytes"')));
  });

  it('where requests to subgraphs are shared, each client has its own budget', async () => {
    await using sharing = await startTestGateway({ sharing: { subgraph: true }, limits: { subgraphBytes: '1KiB' } });
    const title = 'x'.repeat(700);
    const waiting: (() => void)[] = [];
    sharing.books.answerWith((seen, response) => {
      const data = { books: [{ __typename: 'Book', isbn: '1', title }] };
      waiting.push(() => json({ data })(seen, response));
    });
    sharing.reviews.answerWith(json({ data: { _entities: [{ rating: 1 }] } }));
    const both = [1, 2].map(() => sharing.ask('{ books { title rating } }'));
    await until('the request', () => waiting[0]);
    waiting[0]?.();
    for (const { data, errors } of await Promise.all(both)) {
      expect([data.books[0].title.length, data.books[0].rating, errors]).toEqual([700, 1, undefined]);
    }
    expect(sharing.books.requests).toHaveLength(1);
  });
});
