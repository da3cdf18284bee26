import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';
import { shrinkOperation } from './shrink-operation.ts';

const schema = buildSchema(`
  type Query { item(count: Int): Item other: Item }
  type Item { id: ID! item: Item name(size: Int): String }
`);

it('leaves of an operation what it fails for', async () => {
  const source = `query ($size: Int!, $unused: Int, $skip: Boolean!) {
    other { id }
    item(count: $unused) {
      id
      ...Part @skip(if: $skip)
      again: item { ... on Item { item { id alias: name(size: $size) } } }
    }
  }
  fragment Part on Item { id name }`;
  const variables = { size: 1, unused: 2, skip: false };
  const smallest = await shrinkOperation({ source, variables }, schema, async (candidate) =>
    candidate.source.includes('name(size: $size)'),
  );
  expect(smallest.source.replace(/\s+/g, ' ')).toBe(
    'query ($size: Int!) { item { item { item { name(size: $size) } } } }',
  );
  // A required variable without a value would be another mistake.
  expect(smallest.variables).toEqual({ size: 1 });
});
