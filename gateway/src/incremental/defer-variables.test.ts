import { getOperationAST, type OperationDefinitionNode, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { deferredWhen } from './defer-variables.ts';

function when(source: string, variables: Record<string, unknown>, name?: string) {
  const document = parse(source);
  return deferredWhen(document, getOperationAST(document, name) as OperationDefinitionNode, variables);
}

const REFUSED = expect.objectContaining({ code: 'BAD_USER_INPUT' });

describe('a number of items', () => {
  it.each([
    'query($n: Int) { l @stream(initialCount: $n) { id } }',
    'query($n: Int) { ...F } fragment F on Query { ...G } fragment G on Query { l @stream(initialCount: $n) { id } }',
    'query($n: Int, $on: Boolean!) { l @stream(initialCount: $n, if: $on) { id } }',
    'query($n: Int) { l @stream(initialCount: $n, if: true) { id } }',
  ])('%s: is refused where it is none', (source) => {
    for (const n of [-1, null]) expect(() => when(source, { n, on: true })).toThrow(REFUSED);
    for (const n of [0, 3, undefined]) expect(when(source, { n, on: true })).toBeDefined();
  });

  it.each([
    [
      'of another operation',
      'query A { l { id } ...@defer { b } } query B($n: Int) { l @stream(initialCount: $n) { id } }',
    ],
    ['of an unused fragment', 'query A { ...@defer { b } } fragment F on Query { l @stream(initialCount: $n) { id } }'],
    ['of what is off', 'query A($n: Int) { l @stream(if: false, initialCount: $n) { id } }'],
    [
      'of what a variable turns off',
      'query A($n: Int, $off: Boolean!) { l @stream(if: $off, initialCount: $n) { id } }',
    ],
    ['of one that nothing is streamed with', 'query A($n: Int) { l(offset: $n) { id } ...@defer { b } }'],
  ])("%s is nobody's concern", (_which, source) => {
    for (const n of [-5, null, 'abc']) expect(when(source, { n, off: false }, 'A')).toEqual(new Set());
  });
});

it('of an operation alone, the conditions are taken: those that are on', () => {
  const source = `query A($a: Boolean!, $b: Boolean!) { ...@defer(if: $a) { x } ...F }
    fragment F on Query { ...@defer(if: $b) { y } }
    query B($c: Boolean!, $d: Boolean!, $e: Boolean!) {
      ...@defer(if: $c) { x } ...@defer(if: $d) { x } ...@defer(if: $e) { x } ...F }
    query C { x }`;
  const on = { a: true, b: false, c: true, d: true, e: true };
  expect(when(source, on, 'A')).toEqual(new Set(['a']));
  expect(when(source, on, 'B')).toBeUndefined();
  expect(when(source, on, 'C')).toBeUndefined();
});
