import { buildASTSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { withIncrementalDirectives } from '../incremental-directives.ts';
import { OverlappingStreamDirectivesRule } from './overlapping-stream-directives-rule.ts';

const schema = buildASTSchema(withIncrementalDirectives(parse('type Query { all: [Query] one: Query id: ID }')));

const conflicts = (source: string) =>
  validate(schema, parse(source), [OverlappingStreamDirectivesRule]).map(
    ({ message }) => /^Fields "(.*)" conflict/.exec(message)?.[1],
  );

describe('fields that are merged', () => {
  it.each([
    '{ all @stream { id } all { id } }',
    '{ all @stream(initialCount: 1) { id } all @stream(initialCount: 2) { id } }',
    'query($n: Int!) { all @stream(initialCount: $n) { id } all @stream(initialCount: 1) { id } }',
    '{ all @stream { id } ... on Query { all { id } } }',
    '{ all { id } ...F } fragment F on Query { all @stream { id } }',
    '{ one { all @stream { id } } one { all { id } } }',
    'fragment F on Query { all @stream { id } all { id } }',
  ])('%s: differ', (source) => expect(conflicts(source)).toEqual(['all']));

  it.each([
    '{ all @stream { id } other: all { id } }',
    '{ all @stream { id all { id } } one { all { id } } }',
    '{ all @stream(initialCount: 1, if: true) { id } all @stream(if: true, initialCount: 1) { id } }',
    '{ ...F ...F } fragment F on Query { all @stream { id } }',
    '{ all { id } all { one { id } } }',
  ])('%s: are the same', (source) => expect(conflicts(source)).toEqual([]));

  it('of fragments that double at each level, or never end, are looked at within bounds', () => {
    const fragments = Array.from(
      { length: 60 },
      (_, level) => `fragment F${level} on Query { one { ...F${level + 1} } other: one { ...F${level + 1} } }`,
    );
    const bomb = `{ ...F0 } ${fragments.join(' ')} fragment F60 on Query { all @stream { id } }`;
    expect(conflicts(bomb)).toEqual([]);
    expect(conflicts('{ ...F } fragment F on Query { all @stream { id } one { ...F } }')).toEqual([]);
  });

  it('in a document of many fragments, each inside of another, are looked at', () => {
    const fragments = Array.from(
      { length: 200 },
      (_, level) => `fragment F${level} on Query { a: id b: id one { id } ${level < 199 ? `...F${level + 1}` : ''} }`,
    );
    const document = `{ all @stream(initialCount: 1) { id } all @stream { id } ...F0 } ${fragments.join(' ')}`;
    expect(conflicts(document)).toEqual(['all']);
    expect(conflicts(`${document} fragment G on Query { one { all { id } all @stream { id } } }`)).toEqual(['all']);
    const unused = `{ id } ${fragments.join(' ')} fragment G on Query { x: all { id } x: all @stream { id } }`;
    expect(conflicts(unused)).toEqual(['x']);
  });
});
