import { type FragmentDefinitionNode, Kind, type OperationDefinitionNode, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { clientPath } from './client-path.ts';

const { definitions } = parse('{ a { b: c { d } ...F } } fragment F on T { e { f } }');
const operation = definitions[0] as OperationDefinitionNode;
const fragments = new Map(
  definitions
    .filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
    .map((node): [string, FragmentDefinitionNode] => [node.name.value, node]),
);

describe('clientPath', () => {
  it.each([
    [
      ['a', 0, 'b', 'd'],
      ['a', 0, 'b', 'd'],
    ],
    [
      ['a', 1, 'e', 2, 'f'],
      ['a', 1, 'e', 2, 'f'],
    ],
    [
      ['a', 0, 'c'],
      ['a', 0],
    ],
    [['a', '@', 'b'], ['a']],
    [
      ['a', 0, 'id'],
      ['a', 0],
    ],
    [['_entities', 0, 'b'], undefined],
    [[0, 'a'], undefined],
    [[], undefined],
    [undefined, undefined],
  ])('%j → %j', (path, expected) => {
    expect(clientPath(path, operation, fragments)).toEqual(expected);
  });
});
