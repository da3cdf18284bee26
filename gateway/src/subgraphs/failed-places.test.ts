import { describe, expect, it } from 'vitest';
import { failedPlaces } from './failed-places.ts';

describe('failedPlaces', () => {
  it('are the root fields, by their names in the answer', () => {
    const query = '{ a b: c { d } __typename ...F ... on Query { e } } fragment F on Query { f }';
    expect(failedPlaces(query, undefined)).toEqual([['a'], ['b'], ['f'], ['e']]);
  });

  it('are the fields of each entity’s own type', () => {
    const query =
      'query($representations:[_Any!]!){_entities(representations:$representations){...on A{__typename x y:z}...on B{q}}}';
    const representations = [{ __typename: 'A' }, { __typename: 'B' }];
    expect(failedPlaces(query, representations)).toEqual([
      ['_entities', 0, 'x'],
      ['_entities', 0, 'y'],
      ['_entities', 1, 'q'],
    ]);
  });

  it('are twenty at most', () => {
    const query = 'query($representations:[_Any!]!){_entities(representations:$representations){...on A{x y}}}';
    const places = failedPlaces(
      query,
      Array.from({ length: 100 }, () => ({ __typename: 'A' })),
    );
    expect(places).toHaveLength(20);
    expect(places.at(-1)).toEqual(['_entities', 9, 'y']);
  });
});
