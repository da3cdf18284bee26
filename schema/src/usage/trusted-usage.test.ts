import { documentHash } from '@tributary/service-kit';
import { buildSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { temporaryRepository } from '../testing/temporary-repository.ts';
import { readTrustedDocuments } from '../trusted-documents.ts';
import { trustedUsage } from './trusted-usage.ts';

const schema = buildSchema(`
  enum Order { ASC DESC }
  input Inner { id: ID! note: String }
  input Filter { text: String! inner: Inner! order: Order = ASC, other: Inner }
  type Query { a(filter: Filter): Int }
`);
const TEXT = 'query Find($filter: Filter) { a(filter: $filter) }';

function usageOf(variables?: string) {
  using repository = temporaryRepository({});
  repository.write('schema/documents/shop/find.graphql', `# Finds.\n${TEXT}`);
  if (variables !== undefined) repository.write('schema/documents/shop/find.variables.json', variables);
  const [document] = readTrustedDocuments(repository.root).documents;
  if (document === undefined) throw new Error('no document');
  return trustedUsage(repository.root, schema, document);
}

const inputs = ({ coordinates }: ReturnType<typeof usageOf>) =>
  [...coordinates].filter((coordinate) => /^(Filter|Inner|Order)\./.test(coordinate)).sort();

describe('what a trusted document uses', () => {
  it('is what it says, under the hash by which gateways know it', () => {
    const { path, app, name, hash, coordinates } = usageOf();
    expect([path, app, name]).toEqual(['schema/documents/shop/find.graphql', 'shop', 'Find']);
    expect(hash).toBe(documentHash(parse('query Find($f: Filter) { __typename a(filter: $f) }')));
    expect(coordinates).toContain('Query.a(filter:)');
  });

  it('is what its variables cannot do without', () => {
    expect(inputs(usageOf())).toEqual(['Filter.inner', 'Filter.text', 'Inner.id']);
  });

  it('is what its example variables hold', () => {
    const example = '{ "filter": { "text": "", "inner": { "id": 1 }, "order": "DESC", "other": null } }';
    expect(inputs(usageOf(example))).toEqual([
      'Filter.inner',
      'Filter.order',
      'Filter.other',
      'Filter.text',
      'Inner.id',
      'Order.DESC',
    ]);
    expect(inputs(usageOf('no JSON'))).toEqual(inputs(usageOf()));
  });
});
