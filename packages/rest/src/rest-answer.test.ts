import { expect, test } from 'vitest';
import { pageLinks } from './page-links.ts';
import { restAnswerOf } from './rest-answer.ts';
import { ADD, bound, GET } from './testing/books-graph.ts';

test('the body is what stands at `result`, with the status of the route', () => {
  const book = { id: '1', title: 'Dune' };
  expect(restAnswerOf(bound(ADD), { addBook: { book, errors: [] } })).toEqual({ status: 201, body: book });
  expect(restAnswerOf(bound(GET), { book })).toEqual({ status: 200, body: book });
});

test('nothing there is 404', () => {
  expect(restAnswerOf(bound(GET), { book: null })).toMatchObject({ status: 404, code: 'NOT_FOUND' });
});

test.each([
  [{ __typename: 'NotFoundError', code: 'NOT_FOUND', message: 'No.' }, 404, 'NOT_FOUND'],
  [{ __typename: 'InvalidInputError', code: 'INVALID_INPUT', message: 'No.' }, 422, 'INVALID_INPUT'],
  [{ __typename: 'TitleTaken', code: 'TITLE_TAKEN', message: 'No.' }, 409, 'TITLE_TAKEN'],
  [{ __typename: 'TitleTaken' }, 409, 'TitleTaken'],
])('the typed error %j is a problem', (error, status, code) => {
  const answer = restAnswerOf(bound(ADD), { addBook: { book: null, errors: [error] } });
  expect(answer).toEqual({ status, code, detail: 'message' in error ? error.message : code });
});

test('pages by number lead to the first, previous, next and last', () => {
  const links = (page: number, pages: number) => pageLinks({ pagination: { page, pages } }, '/v1/users?limit=5&page=9');
  expect(links(1, 1)).toBe('</v1/users?limit=5&page=1>; rel="first", </v1/users?limit=5&page=1>; rel="last"');
  expect(links(2, 3)?.match(/page=\d>; rel="\w+"/g)).toEqual([
    'page=1>; rel="first"',
    'page=1>; rel="prev"',
    'page=3>; rel="next"',
    'page=3>; rel="last"',
  ]);
  expect(links(9, 3)).toContain('page=3>; rel="prev"');
  expect(links(1, 0)).not.toContain('next');
});

test('pages by cursor lead to the next', () => {
  const pageInfo = { hasNextPage: true, endCursor: 'a b>' };
  expect(pageLinks({ pageInfo }, '/v1/books')).toBe('</v1/books?after=a+b%3E>; rel="next"');
  expect(pageLinks({ pageInfo }, '/v1/books?search=a?b&first=1')).toBe(
    '</v1/books?search=a%3Fb&first=1&after=a+b%3E>; rel="next"',
  );
  expect(pageLinks({ pageInfo: { ...pageInfo, hasNextPage: false } }, '/v1/books')).toBeUndefined();
  expect(pageLinks({ id: '1' }, '/v1/books/1')).toBeUndefined();
});
