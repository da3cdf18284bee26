import { parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { composeSupergraph } from '../compose.ts';
import { discoverSubgraphs } from '../subgraphs.ts';
import { temporaryRepository } from '../testing/temporary-repository.ts';

test.each([
  ['{ items @stream(initialCount: 1) }', []],
  ['{ items @stream }', []],
  ['{ items @stream(initialCount: null) }', ['Expected value of type "Int!", found null.']],
  ['{ ... @defer(if: null) { items } }', ['Expected value of type "Boolean!", found null.']],
])('says of %s what the gateway says', (document, messages) => {
  using repository = temporaryRepository({ shop: 'type Query { items: [Int!]! }' });
  const { apiSchema } = composeSupergraph(discoverSubgraphs(repository.root));
  expect(apiSchema && validate(apiSchema, parse(document)).map(({ message }) => message)).toEqual(messages);
});
