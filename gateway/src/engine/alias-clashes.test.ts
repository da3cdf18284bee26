import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.ts';

describe('an alias by the name of a field that planning needs', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.stop());

  it.each([
    ['a key', '{ books { isbn: title rating } }', { isbn: 'Emma', rating: 4.5 }],
    ['the type', '{ books { __typename: title rating } }', { __typename: 'Emma', rating: 4.5 }],
    ['a required field', '{ books { pages: isbn weight } }', { pages: '1', weight: 948 }],
    ['two that are swapped', '{ books { isbn: pages pages: isbn weight } }', { isbn: 474, pages: '1', weight: 948 }],
    ['one in a fragment', '{ books { ...b } } fragment b on Book { isbn: title ... { rating } }', { isbn: 'Emma' }],
    [
      'the one that takes its place',
      '{ books { isbn: title aliased_isbn: pages } }',
      { isbn: 'Emma', aliased_isbn: 474 },
    ],
  ])('is the client’s: %s', async (_what, query, first) => {
    const { data, errors } = await gateway.ask(query);
    expect(errors?.filter(({ extensions }) => extensions.code !== 'NOT_RATED') ?? []).toEqual([]);
    expect(data.books[0]).toMatchObject(first);
    expect(Object.keys(data.books[0]).slice(0, 1)).toEqual(Object.keys(first).slice(0, 1));
  });

  it('stands in the path of an error', async () => {
    const { data, errors } = await gateway.ask(
      '{ isbn: books { pages: reviews { __typename: book { rating isbn: title } } isbn: rating } }',
    );
    expect(data.isbn[0].pages[0].__typename).toEqual({ rating: 4.5, isbn: 'Emma' });
    expect(errors).toMatchObject([{ path: ['isbn', 2, 'isbn'], extensions: { code: 'NOT_RATED' } }]);
  });
});
