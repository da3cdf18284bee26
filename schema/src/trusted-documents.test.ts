import { buildSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { temporaryRepository } from './testing/temporary-repository.ts';
import { readTrustedDocuments, validateTrustedDocuments } from './trusted-documents.ts';

function read(files: Record<string, string>) {
  using repository = temporaryRepository({});
  for (const [path, text] of Object.entries(files)) repository.write(`schema/documents/${path}`, text);
  return readTrustedDocuments(repository.root);
}

test('without a folder there are none; README and files outside of an application are none', () => {
  expect(read({})).toEqual({ documents: [], findings: [] });
  expect(read({ 'README.md': '', 'stray.graphql': '{ a }', 'shop/README.md': '' }).documents).toEqual([]);
});

test('each has its application, name, path and text, in a stable order', () => {
  const { documents, findings } = read({
    'shop/place-order.graphql': '# Buys.\nmutation PlaceOrder { a }',
    'shop/me.graphql': 'query Me { ...F }\nfragment F on Query { a }',
    'admin/get-url2-info.graphql': 'query GetUrl2Info { a }',
  });
  expect(findings).toEqual([]);
  expect(documents.map(({ app, name, path }) => [app, name, path])).toEqual([
    ['admin', 'GetUrl2Info', 'schema/documents/admin/get-url2-info.graphql'],
    ['shop', 'Me', 'schema/documents/shop/me.graphql'],
    ['shop', 'PlaceOrder', 'schema/documents/shop/place-order.graphql'],
  ]);
  expect(documents[2]?.text).toBe('# Buys.\nmutation PlaceOrder { a }');
});

describe('what has not the form is a finding:', () => {
  test.each([
    ['no name', 'me.graphql', '{ a }', 'exactly one operation, with a name'],
    ['two operations', 'me.graphql', 'query Me { a } query You { a }', 'exactly one operation'],
    ['no operation', 'me.graphql', 'fragment F on Query { a }', 'exactly one operation'],
    [
      'another name than the file',
      'me.graphql',
      'query PlaceOrder { a }',
      'The file of PlaceOrder is called place-order.graphql.',
    ],
    ['nothing', 'me.graphql', '', 'Syntax Error'],
  ])('%s', (_, file, text, message) => {
    const { documents, findings } = read({ [`shop/${file}`]: text });
    expect(documents).toEqual([]);
    expect(findings).toMatchObject([
      {
        severity: 'error',
        code: 'INVALID_DOCUMENT',
        file: `schema/documents/shop/${file}`,
        message: expect.stringContaining(message),
      },
    ]);
  });

  test('a syntax error, at its place', () => {
    expect(read({ 'shop/me.graphql': 'query Me {\n  a(\n}' }).findings).toMatchObject([
      { line: 3, column: 1, source: '}' },
    ]);
  });
});

test('what does not fit the schema is a finding for each error, at its place', () => {
  const { documents } = read({
    'shop/me.graphql': 'query Me {\n  a\n  b\n  c(x: 1)\n}',
    'shop/ok.graphql': 'query Ok { a }',
  });
  expect(validateTrustedDocuments(buildSchema('type Query { a: Int c: Int }'), documents)).toMatchObject([
    { code: 'DOCUMENT_NOT_VALID', file: 'schema/documents/shop/me.graphql', line: 3, column: 3, source: '  b' },
    { code: 'DOCUMENT_NOT_VALID', line: 4, column: 5, message: expect.stringContaining('Unknown argument "x"') },
  ]);
});

test('an operation of a type that is gone from the schema as a whole is not valid', () => {
  const { documents } = read({ 'shop/told.graphql': 'subscription Told { a }' });
  expect(validateTrustedDocuments(buildSchema('type Query { a: Int }'), documents)).toMatchObject([
    { code: 'DOCUMENT_NOT_VALID', message: 'The subscription operation is not supported by the schema.' },
  ]);
});
