import { describe, expect, it } from 'vitest';
import { type GraphType, isLeaf, typesOfKind } from './graph-model.ts';
import { OracleGraph } from './oracle-graph.ts';
import { Store, type StoredObject } from './store.ts';

const SEEDS = [1, 2, 3, 4, 5, 6];

/** Leaves of entities that need no arguments, in each subgraph that finds the entity by its key. */
function* leavesByKey(seed: number) {
  const { graph, merged, subgraphs } = new OracleGraph(seed);
  const store = new Store(graph, merged.schema, String(seed), false);
  for (const { name, subgraph } of subgraphs) {
    for (const entity of typesOfKind(graph, 'entity')) {
      const [key] = (entity.keys.get(name) ?? []).filter(({ isResolvable }) => isResolvable);
      if (key === undefined) continue;
      for (const field of entity.fields.values()) {
        const home = field.homes.get(name);
        const isAsked = isLeaf(graph, field.type) && field.arguments.length === 0 && home !== undefined;
        const ask = (representation: object) =>
          subgraph.ask(
            {
              query: `query ($of: [_Any!]!) { _entities(representations: $of) { ... on ${entity.name} { ${field.name} } } }`,
              variables: { of: [representation] },
            },
            { store, mark: () => {} },
          );
        if (isAsked) yield { store, entity, fields: key.fields, field, home, ask };
      }
    }
  }
}

function representation(store: Store, { name }: GraphType, fields: string, index: number): object {
  const object = store.entities(name)[index];
  if (object === undefined) throw new Error('no entity');
  const read = (key: string) => {
    const value = store.read(object, key, {});
    return key === 'parent' ? { id: store.read(value as StoredObject, 'id', {}) } : value;
  };
  const names = fields.replace(/\{.*\}/, '').split(/\s+/);
  return { __typename: name, ...Object.fromEntries(names.map((key) => [key, read(key)])) };
}

describe('a subgraph', () => {
  it('resolves what it owns from the store, and refuses what it does not', async () => {
    let owned = 0;
    let refused = 0;
    for (const seed of SEEDS) {
      for (const { store, entity, fields, field, home, ask } of leavesByKey(seed)) {
        const { data, errors } = await ask(representation(store, entity, fields, 1));
        if (home.role !== 'resolves') {
          expect(errors?.[0]?.message).toContain(`does not resolve ${entity.name}.${field.name}`);
          refused++;
        } else if (home.requires === undefined) {
          const [object] = store.entities(entity.name).slice(1);
          const value = object && store.read(object, field.name, {});
          expect(data).toEqual({ _entities: [{ [field.name]: value }] });
          owned++;
        }
      }
    }
    expect(Math.min(owned, refused)).toBeGreaterThan(10);
  });

  it('makes another value of what it requires when that is not there', async () => {
    const values: boolean[] = [];
    for (const seed of SEEDS) {
      for (const { store, entity, fields, field, home, ask } of leavesByKey(seed)) {
        if (home.requires === undefined) continue;
        const [object] = store.entities(entity.name).slice(1);
        const { data } = await ask(representation(store, entity, fields, 1));
        expect(data?._entities).toHaveLength(1);
        const truth = { _entities: [{ [field.name]: object && store.read(object, field.name, {}) }] };
        values.push(JSON.stringify(data) === JSON.stringify(truth));
      }
    }
    // By chance a null or a colour is the same.
    expect(values.filter((isSame) => isSame).length).toBeLessThan(values.length / 2);
    expect(values.length).toBeGreaterThan(5);
  });

  it('finds nothing by a key that no entity has', async () => {
    let asked = 0;
    for (const { store, entity, fields, home, ask } of leavesByKey(1)) {
      if (home.role !== 'resolves' || fields !== 'id') continue;
      const { data } = await ask({ ...representation(store, entity, fields, 1), id: 'nobody' });
      expect(data).toEqual({ _entities: [null] });
      asked++;
    }
    expect(asked).toBeGreaterThan(0);
  });
});
