import { expect, test } from 'vitest';
import { restSettings } from '../rest-settings.ts';
import { ADD, bound, FIND, GET, LIST, schema } from '../testing/books-graph.ts';
import { asOpenApi30 } from './as-openapi-30.ts';
import { buildOpenApi } from './build-openapi.ts';

const NEWEST = 'query Newest @rest(path: "/newest", result: "newest") { newest { id } }';
const SORT = 'mutation Sort @rest(path: "/shelves", result: "sort") { sort }';
/** In 3.0. */
const NULL = { type: 'object', nullable: true, enum: [null] };

const document = buildOpenApi({
  routes: [LIST, GET, ADD, FIND, NEWEST, SORT].map(bound),
  schema,
  settings: restSettings.parse({
    formats: { ID: 'uuid', DateTime: 'date-time' },
    examples: { 'Book.title': 'Dune' },
  }),
  line: { major: 1, version: '1.2.0', state: 'ga' },
  sunsets: [
    ['Book.isbn', '2027-01-31'],
    ['Book.title', undefined],
    ['Query.books(genre:)', '2027-02-28'],
    ['Query.newest', '2027-03-31'],
  ],
});
const { schemas } = document.components;
const older = asOpenApi30(document) as { openapi: string; paths: Paths; components: { schemas: Paths } };
type Paths = Record<string, Record<string, unknown>>;

test('types are components by name; another selection of one has the operation in its name', () => {
  expect(Object.keys(schemas)).toEqual([
    'Author',
    'AuthorInFind',
    'Book',
    'BookInAddBook',
    'BookInFind',
    'BookInGetBook',
    'BookInNewest',
    'BookInput',
    'Books',
    'Genre',
    'PageInfo',
    'Problem',
  ]);
  expect(schemas.Book).toEqual({
    type: 'object',
    description: 'What is read.',
    required: ['id', 'title', 'genre', 'isbn'],
    properties: {
      id: { type: 'string', format: 'uuid' },
      title: { type: 'string', examples: ['Dune'] },
      genre: { oneOf: [{ $ref: '#/components/schemas/Genre' }, { type: 'null' }] },
      isbn: {
        type: ['string', 'null'],
        description: 'Deprecated: Use id.',
        deprecated: true,
        'x-sunset': '2027-01-31',
      },
    },
  });
  expect(schemas.Genre).toEqual({
    type: 'string',
    description: '- `CRIME`: With a murderer.',
    enum: ['CRIME', 'POETRY'],
  });
});

test('an input type may speak of itself, and refuses what it does not know', () => {
  expect(schemas.BookInput).toMatchObject({
    required: ['title'],
    additionalProperties: false,
    properties: { sequel: { oneOf: [{ $ref: '#/components/schemas/BookInput' }, { type: 'null' }] } },
  });
});

test('what a condition may leave out is not required; a union is one of its types', () => {
  expect(schemas.BookInFind?.required).toEqual(['__typename', 'title']);
  const found = document.paths['/found']?.get?.responses[200];
  expect(found).toHaveProperty('content.application/json.schema.items.oneOf.0.oneOf.length', 2);
});

test('operations have their parameters, bodies and statuses', () => {
  const { get: list, post: add } = document.paths['/books'] ?? {};
  expect(list?.parameters?.[0]).toEqual({
    name: 'first',
    in: 'query',
    description: 'At most 100.',
    schema: { type: 'integer', format: 'int32', default: 10 },
  });
  expect(Object.keys(list?.responses ?? {})).toEqual('200 304 400 401 403 406 415 429 500 502 503 504'.split(' '));
  expect(add).toMatchObject({ operationId: 'addBook', requestBody: { required: true } });
  expect(Object.keys(add?.responses ?? {})).toEqual(
    '201 400 401 403 404 406 409 413 415 422 429 500 502 503 504'.split(' '),
  );
  expect(add?.responses[201]).toHaveProperty('headers.location');
  expect(list?.responses[200]).not.toHaveProperty('headers.location');
  expect(document.paths['/books/{id}']?.get?.parameters).toEqual([
    { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
  ]);
});

test('what is deprecated is, and says until when: parameters, members of bodies, and what has a deprecated root field', () => {
  expect(document.paths['/books']?.get?.parameters?.find(({ name }) => name === 'genre')).toEqual({
    name: 'genre',
    in: 'query',
    description: 'Deprecated: Use found.',
    deprecated: true,
    'x-sunset': '2027-02-28',
    schema: { $ref: '#/components/schemas/Genre' },
  });
  const ofBody = document.paths['/books']?.post?.requestBody?.content['application/json']?.schema.properties;
  expect(ofBody?.sequel).toMatchObject({ description: 'Deprecated: Add it, too.', deprecated: true });
  expect(ofBody?.title).toEqual({ type: 'string' });
  expect(document.paths['/newest']?.get).toMatchObject({ deprecated: true, 'x-sunset': '2027-03-31' });
  expect(document.paths['/books']?.get).not.toHaveProperty('deprecated');
});

test('a POST has a body, also where that says nothing: its content type tells it from a form', () => {
  expect(document.paths['/shelves']?.post?.requestBody).toEqual({
    required: true,
    content: {
      'application/json': { schema: { type: 'object', properties: {}, additionalProperties: false }, example: {} },
    },
  });
  expect(document.paths['/shelves']?.post?.responses).toHaveProperty('413');
});

test('3.0 has `nullable`, one `example`, and nothing beside a `$ref`', () => {
  expect(older.openapi).toBe('3.0.4');
  expect(older.components.schemas.Book?.properties).toEqual({
    id: { type: 'string', format: 'uuid' },
    title: { type: 'string', example: 'Dune' },
    // `nullable` allows null beside a type alone.
    genre: { oneOf: [{ $ref: '#/components/schemas/Genre' }, NULL] },
    isbn: {
      type: 'string',
      nullable: true,
      description: 'Deprecated: Use id.',
      deprecated: true,
      'x-sunset': '2027-01-31',
    },
  });
  expect(older.paths['/found']?.get).toHaveProperty('responses.200.content.application/json.schema.items.oneOf', [
    { oneOf: [{ $ref: '#/components/schemas/BookInFind' }, { $ref: '#/components/schemas/AuthorInFind' }] },
    NULL,
  ]);
  expect(JSON.stringify(older)).not.toMatch(/"examples"|"type":\[|"null"/);
});
