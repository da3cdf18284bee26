import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { answerShape, removeMisfits } from './answer-shape.ts';

const schema = buildSchema(`
  type Query { node: Node nodes: [[Node!]]! any: Any list: [Int] }
  interface Node { child: Node }
  type A implements Node { child: Node as: [A!] }
  type B { a: A }
  union Any = A | B`);

const misfits = (query: string, data: Record<string, unknown>) => [
  removeMisfits(data, answerShape(query, schema)),
  data,
];

describe('removeMisfits', () => {
  it('leaves what fits, and what it cannot judge', () => {
    const data = { list: 'not looked at', node: null, nodes: [[{ child: null }, null], null], secret: [{ x: 1 }] };
    expect(misfits('{ list node { child { __typename } } nodes { child { __typename } } secret { x } }', data)).toEqual(
      [[], data],
    );
  });

  it('removes what does not, at any depth of lists and through fragments', () => {
    const query =
      '{ n: nodes { ...F } any { ... on A { as { __typename } } ... on B { a { __typename } } } } fragment F on Node { child { __typename } }';
    expect(misfits(query, { n: [[{ child: [] }], {}], any: { as: { 0: 1 }, a: 'x' } })).toEqual([
      [
        ['n', 0, 0, 'child'],
        ['n', 1],
        ['any', 'as'],
        ['any', 'a'],
      ],
      { n: [[{ child: null }], null], any: { as: null, a: null } },
    ]);
  });

  it('looks into entities, and not up the prototypes', () => {
    const query =
      'query($representations:[_Any!]!){_entities(representations:$representations){...on B{a{__proto__:child{__typename}}}}}';
    const data = JSON.parse('{"_entities":[{"a":[]},null,{"a":{"__proto__":"x"}}]}');
    expect(misfits(query, data)[0]).toEqual([
      ['_entities', 0, 'a'],
      ['_entities', 2, 'a', '__proto__'],
    ]);
    expect(JSON.stringify(data)).toBe('{"_entities":[{"a":null},null,{"a":{"__proto__":null}}]}');
    expect(misfits(query, { _entities: [{ a: {} }] })[0]).toEqual([]);
  });
});
