import { getIntrospectionQuery, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { writtenOut } from './written-out.ts';

const twiceEach = (levels: number) =>
  `{ ...f0 } ${Array.from({ length: levels }, (_, level) => `fragment f${level} on Q { a { ...f${level + 1} } b { ...f${level + 1} } }`).join(' ')} fragment f${levels} on Q { id }`;

describe('writtenOut', () => {
  it.each([
    ['{ a b { c } }', 3, 2],
    ['{ a ... on Q { b } ...f } fragment f on Q { c { d } }', 5, 2],
    ['{ ...f a { ...f } } fragment f on Q { b }', 3, 2],
    ['query A { a } query B { ...f } fragment f on Q { b } fragment unused on Q { c { d { e } } }', 2, 1],
    ['{ ...unknown a }', 1, 1],
    ['{ ...f } fragment f on Q { a { ...f } }', 1, 1],
    ['{ ...f } fragment f on Q { a ...g } fragment g on Q { b ...f }', 2, 1],
    ['{ __schema { types { fields { name } } } }', 4, 1],
  ])('%s has %i selections in %i levels', (source, selections, depth) =>
    expect(writtenOut(parse(source))).toEqual({ selections, depth }),
  );

  it('counts 2^40 without writing anything out', () => {
    const { selections, depth } = writtenOut(parse(twiceEach(40)));
    expect(selections).toBeGreaterThan(2 ** 40);
    expect(depth).toBe(41);
  });

  it('has room for what tools ask of a schema', () => {
    const { selections, depth } = writtenOut(parse(getIntrospectionQuery()));
    expect([selections < 1000, depth]).toEqual([true, 1]);
  });
});
