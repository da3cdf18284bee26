import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { fieldSet, supergraphTypes } from '../supergraph/supergraph-types.ts';
import { compileRepresentation } from './representation.ts';
import { copyOf, mergeInto, OWN } from './response-tree.ts';
import { compileRewrites } from './rewrites.ts';
import { shapeOf } from './selection-shape.ts';
import { compileCollect, placesOf } from './targets.ts';

const types = supergraphTypes(
  parse(`
    enum join__Graph { LIBRARY @join__graph(name: "library") SHOPS @join__graph(name: "shops") }
    interface Node @join__type(graph: SHOPS, key: "id") { id: ID }
    type Book implements Node @join__type(graph: LIBRARY, key: "id") @join__type(graph: LIBRARY, key: "maker { name }") {
      id: ID
    }
    type Film implements Node @join__type(graph: LIBRARY, key: "id") { id: ID }
    union Any = Book | Film`),
);
const shape = (selection: string) => shapeOf(fieldSet(selection), new Map());
const steps = (...keys: string[]) => keys.map((key) => ({ key, onTypes: undefined }));

it('no prototype is replaced, by what a subgraph says or by what every object has', () => {
  const said = JSON.parse('{"__proto__":{"forged":1},"inner":{"__proto__":{"forged":1}},"constructor":null}');
  const target = {};
  const asked = shape('__proto__ { forged } inner { __proto__ { forged } } constructor toString');
  mergeInto(target, copyOf(said, asked, OWN), asked);
  expect(Object.entries(target)).toEqual([
    ['inner', {}],
    ['constructor', null],
  ]);
  const { inner } = target as { inner?: object };
  for (const object of [target, inner]) expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
});

describe('merging', () => {
  const asked = shape('a b n m o { x y } l { x y } ... on Book { any }');
  const merged = (target: object, source: object) => {
    mergeInto(target as never, source as never, asked);
    return target;
  };

  it('adds fields, objects into objects and lists item by item', () => {
    expect(merged({ a: 1, o: { x: 1 }, l: [{ x: 1 }, null] }, { b: 2, o: { y: 2 }, l: [{ y: 2 }, { y: 3 }] })).toEqual({
      ...{ a: 1, b: 2, o: { x: 1, y: 2 }, l: [{ x: 1, y: 2 }, { y: 3 }] },
    });
  });

  it('keeps what is known from becoming null, and null from staying when it becomes known', () => {
    expect(merged({ a: 1, o: { x: 1 }, n: null }, { a: null, o: null, n: 2, m: null })).toEqual({
      ...{ a: 1, o: { x: 1 }, n: 2, m: null },
    });
  });

  it('takes nothing that was not asked for, at any depth', () => {
    const source = { a: 1, evil: 1, o: { x: 1, evil: 1 }, l: [{ x: 1, evil: 1 }] };
    expect(merged({ o: {}, l: [{ y: 2 }] }, source)).toEqual({ a: 1, o: { x: 1 }, l: [{ x: 1, y: 2 }] });
    expect(copyOf(source, asked, OWN)).toEqual({ a: 1, o: { x: 1 }, l: [{ x: 1 }] });
  });

  it('copies objects and lists, and leaves leaves as they are', () => {
    const value = { l: [{ x: 1 }], o: { y: null }, any: { of: ['a', 'scalar'] } };
    const copy = copyOf(value, asked, OWN) as typeof value;
    expect(copy).toEqual(value);
    expect([copy.l === value.l, copy.l[0] === value.l[0], copy.o === value.o]).toEqual([false, false, false]);
    expect(copy.any).toBe(value.any);
    expect(merged({ any: { kept: 1 } }, value)).toMatchObject({ any: { kept: 1 } });
  });

  it('copies no more than there is room for', () => {
    const value = { o: { x: 1 }, l: [{ x: 1 }, { x: 2 }, null] };
    const room = { left: 8 };
    // Itself, an object, a list of three, and the two objects in it.
    copyOf(value, asked, room);
    expect(room.left).toBe(1);
    expect(() => copyOf(value, asked, room)).toThrow(RangeError);
  });

  it('knows fields by the names that they get', () => {
    const renamed = shapeOf(fieldSet('o { x__alias_0 { y } }'), new Map([['x__alias_0', 'x']]));
    const given = { o: { x__alias_0: { y: 1, z: 1 }, x: { y: 2, z: 2 } } };
    expect(copyOf(given, renamed, OWN)).toEqual({ o: { x__alias_0: { y: 1 }, x: { y: 2 } } });
  });

  it('copies whole what is a leaf of one type and an object of another, and no more than there is room for', () => {
    const both = shapeOf(
      fieldSet('l { ... on Book { meta } ... on Film { meta__alias_0 { score } } }'),
      new Map([['meta__alias_0', 'meta']]),
    );
    const given = { l: [{ meta: JSON.parse('{"a":[{"b":1}],"__proto__":{"c":1}}') }, { meta: { score: 1 } }] };
    const room = { left: 15 };
    const copy = copyOf(given, both, room) as typeof given;
    expect(JSON.stringify(copy)).toBe(JSON.stringify(given));
    expect([room.left, copy.l[1]?.meta === given.l[1]?.meta]).toEqual([0, false]);
    expect(() => copyOf(given, both, { left: 14 })).toThrow(RangeError);
  });
});

describe('collecting', () => {
  it('goes through lists of lists and past nulls, and takes an object once', () => {
    const shared = { id: 1 };
    const root = {
      a: [
        [{ b: shared }, null],
        [{ b: [shared, { id: 2 }] }, { b: null }],
      ],
    };
    const { objects, places } = compileCollect(steps('a', 'b'), types)(root);
    expect([...objects]).toEqual([{ id: 1 }, { id: 2 }]);
    expect(places).toBe(3);
    expect(placesOf(root, steps('a', 'b')).get(shared)).toEqual([
      ['a', 0, 0, 'b'],
      ['a', 1, 0, 'b', 0],
    ]);
  });

  it('leads only through objects of the types that the path names', () => {
    const path = [
      { key: 'a', onTypes: new Set(['Node']) },
      { key: 'b', onTypes: undefined },
    ];
    const root = { a: [{ __typename: 'Book', b: { id: 1 } }, { __typename: 'Other', b: { id: 2 } }, { b: { id: 3 } }] };
    expect([...compileCollect(path, types)(root).objects]).toEqual([{ id: 1 }]);
  });

  it('puts one object in the place of its equals', () => {
    const root = { a: [{ b: { id: 1 } }, { b: { id: 1 } }, { b: [{ id: 2 }, { id: 1 }] }] };
    const first = new Map<unknown, never>();
    const { objects } = compileCollect(steps('a', 'b'), types)(root, (object) => {
      const known = first.get(object.id) ?? object;
      first.set(object.id, known as never);
      return known;
    });
    expect([...objects]).toEqual([{ id: 1 }, { id: 2 }]);
    const [one, two, three] = root.a as [{ b: object }, { b: object }, { b: object[] }];
    expect([one.b === two.b, one.b === three.b[1]]).toEqual([true, true]);
  });
});

describe('a representation', () => {
  const field = (name: string, ...selections: object[]) => ({
    kind: 'Field',
    name,
    ...(selections.length === 0 ? {} : { selections }),
  });
  const on = (typeCondition: string, ...selections: object[]) => ({
    kind: 'InlineFragment',
    typeCondition,
    selections,
  });
  const of = (requires: object[], object: object, rewrites?: object[], subgraph = 'library', needs?: string[]) =>
    compileRepresentation({
      ...{ subgraph, requires: requires as never, inputRewrites: rewrites as never },
      ...{ needs: needs?.map(fieldSet), types },
    })(object as never);
  const key = [on('Node', field('__typename'), field('id'))];

  it('is the required fields of an object of the type, and of no other', () => {
    expect(of(key, { __typename: 'Book', id: '1', title: 'x' })).toBe('{"__typename":"Book","id":"1"}');
    expect(of(key, { __typename: 'Other', id: '1' })).toBeUndefined();
    expect(of(key, { id: '1' })).toBeUndefined();
  });

  it('is none when something required is missing, also inside', () => {
    const nested = [on('Book', field('__typename'), field('id'), field('o', field('x')), field('l', field('y')))];
    const book = { __typename: 'Book', id: '1', o: { x: 1 }, l: [{ y: 2 }, null] };
    expect(of(nested, book)).toBe(JSON.stringify(book));
    expect(of(nested, { ...book, o: null })).toBe(JSON.stringify({ ...book, o: null }));
    expect(of(nested, { ...book, l: [{ z: 2 }] })).toBeUndefined();
    expect(of(key, { __typename: 'Book' })).toBeUndefined();
  });

  it('is none without a key of its own, also where others have one', () => {
    const some = [on('Node', field('__typename'), field('pages')), on('Film', field('id'))];
    expect(of(some, { __typename: 'Film', id: 1, pages: 2 })).toBe('{"__typename":"Film","pages":2,"id":1}');
    expect(of(some, { __typename: 'Book', id: 1, pages: 2 })).toBeUndefined();
    const nested = [on('Book', field('__typename'), field('maker', field('name')))];
    expect(of(nested, { __typename: 'Book', maker: { name: 'x' } })).toBe('{"__typename":"Book","maker":{"name":"x"}}');
  });

  it('is none where JSON cannot say it', () => {
    const price = [on('Book', field('id'), field('price'))];
    const book = { __typename: 'Book', id: 1 };
    const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
    for (const value of [Number.POSITIVE_INFINITY, deep]) {
      expect(of(price, { ...book, price: value })).toBeUndefined();
      expect(
        of([on('Book', field('id'), field('o', field('price')))], { ...book, o: { price: deep } }),
      ).toBeUndefined();
    }
    expect(of(price, { ...book, price: 1.5 })).toBe('{"__typename":"Book","id":1,"price":1.5}');
  });

  it('has what several fragments require of one object', () => {
    const some = [on('Book', field('id'), field('o', field('x'))), on('Node', field('o', field('l', field('y'))))];
    const book = { __typename: 'Book', id: 1, o: { x: 1, l: [{ y: 2 }], z: 3 } };
    expect(of(some, book)).toBe('{"id":1,"o":{"x":1,"l":[{"y":2}]},"__typename":"Book"}');
  });

  it('has the key of an interface where a subgraph knows no more of the object', () => {
    expect(of(key, { __typename: 'Book', id: 1 }, undefined, 'shops')).toBe('{"__typename":"Book","id":1}');
    expect(of(key, { __typename: 'Book', id: 1 }, undefined, 'nowhere')).toBeUndefined();
  });

  it('is a key with what some fields need, where that is enough', () => {
    const more = [
      on('Book', field('__typename'), field('id'), field('pages'), field('maker', field('name'), field('age'))),
    ];
    const book = { __typename: 'Book', id: 1, maker: { name: 'x' } };
    const partly = (...needs: string[]) => of(more, book, undefined, 'library', needs);
    expect(of(more, book)).toBeUndefined();
    expect(partly()).toBe('{"__typename":"Book","id":1}');
    expect(partly('maker { name }')).toBe('{"id":1,"__typename":"Book","maker":{"name":"x"}}');
    expect(partly('maker { ... on Maker { name age } }')).toBeUndefined();
    expect(partly('pages')).toBeUndefined();
  });

  it('is rewritten as the planner wants it', () => {
    const rewrites = [
      { kind: 'ValueSetter', path: ['... on Book', '__typename'], setValueTo: 'Node' },
      { kind: 'KeyRenamer', path: ['id'], renameKeyTo: 'key' },
    ];
    expect(of(key, { __typename: 'Book', id: 0 }, rewrites)).toBe('{"__typename":"Node","key":0}');
    expect(of(key, { __typename: 'Film', id: 0 }, rewrites)).toBe('{"__typename":"Film","key":0}');
  });
});

it('rewriting what came reaches into lists, and only objects of the type', () => {
  const rewrite = compileRewrites(
    [{ kind: 'KeyRenamer', path: ['items', '... on Any', 'x__alias_0'], renameKeyTo: 'x' }],
    types,
  );
  const data = {
    items: [
      { __typename: 'Film', x__alias_0: 1 },
      { __typename: 'Other', x__alias_0: 2 },
    ],
  };
  rewrite?.(data);
  expect(data).toEqual({
    items: [
      { __typename: 'Film', x: 1 },
      { __typename: 'Other', x__alias_0: 2 },
    ],
  });
});
