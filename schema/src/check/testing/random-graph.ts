/** A number from 0 up to, but not, `below`. */
export type Draw = (below: number) => number;

/** Numbers by a seed (mulberry32). */
export function drawFrom(seed: number): Draw {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** A graph of two subgraphs, as far as changes are drawn of it. */
export interface RandomGraph {
  readonly types: RandomType[];
  readonly inputs: { readonly name: string; readonly fields: RandomValue[] }[];
  readonly enums: { readonly name: string; readonly values: string[] }[];
}

export interface RandomType {
  readonly name: string;
  readonly fields: RandomField[];
}

export interface RandomField {
  readonly name: string;
  /** `[T1!]`: a scalar, an enum or a type of the graph. */
  type: string;
  /** Which subgraph has it. */
  owner: 0 | 1;
  readonly args: RandomValue[];
}

export interface RandomValue {
  readonly name: string;
  type: string;
}

const SCALARS = ['Int', 'String', 'Boolean'];
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];
/** What changed after, it may have: no name of before. */
const LATER = ['g', 'h', 'i'];

export const one = <T>(list: readonly T[], draw: Draw): T => list[draw(list.length)] as T;

export function randomGraph(draw: Draw): RandomGraph {
  const enums = ['E0', 'E1'].map((name) => ({ name, values: ['X', 'Y', 'Z'].slice(0, 2 + draw(2)) }));
  const inputs = ['I0', 'I1'].map((name) => ({
    name,
    fields: NAMES.slice(0, 1 + draw(3)).map((field) => ({
      name: field,
      type: wrapped(one(['Int', 'String', 'E0'], draw), draw),
    })),
  }));
  const types = ['Query', 'T0', 'T1', 'T2'];
  return {
    enums,
    inputs,
    types: types.map((name) => ({
      name,
      fields: NAMES.slice(0, 2 + draw(4)).map((field) => randomField(field, draw)),
    })),
  };
}

export function randomField(name: string, draw: Draw): RandomField {
  const type = one([...SCALARS, 'E0', 'E1', 'T0', 'T1', 'T2'], draw);
  const args = draw(3) === 0 ? [{ name: 'x', type: wrapped(one(['Int', 'E0', 'E1', 'I0', 'I1'], draw), draw) }] : [];
  return { name, type: wrapped(type, draw), owner: draw(2) as 0 | 1, args };
}

/** A few edits, as a team makes them. */
export function changeGraph(graph: RandomGraph, draw: Draw): void {
  for (let count = 1 + draw(3); count > 0; count--) one(EDITS, draw)(graph, draw);
}

const fieldOf = ({ types }: RandomGraph, draw: Draw) => one(one(types, draw).fields, draw);
const removeOne = (list: unknown[], draw: Draw) => {
  if (list.length > 1) list.splice(draw(list.length), 1);
};

const EDITS: readonly ((graph: RandomGraph, draw: Draw) => void)[] = [
  ({ types }, draw) => removeOne(one(types, draw).fields, draw),
  ({ types }, draw) => addNamed(one(types, draw).fields, (name) => randomField(name, draw)),
  (graph, draw) => {
    const field = fieldOf(graph, draw);
    field.type = toggled(field.type);
  },
  (graph, draw) => {
    const field = fieldOf(graph, draw);
    field.type = field.type.startsWith('[') ? named(field.type) : `[${field.type}]`;
  },
  (graph, draw) => {
    fieldOf(graph, draw).type = one(['Int', 'E1', 'T0', 'T1'], draw);
  },
  (graph, draw) => {
    const field = fieldOf(graph, draw);
    field.owner = field.owner === 0 ? 1 : 0;
  },
  (graph, draw) => addNamed(fieldOf(graph, draw).args, (name) => ({ name, type: one(['Int', 'Int!', 'I0'], draw) })),
  (graph, draw) => void fieldOf(graph, draw).args.pop(),
  (graph, draw) => {
    for (const arg of fieldOf(graph, draw).args) arg.type = toggled(arg.type);
  },
  ({ enums }, draw) => removeOne(one(enums, draw).values, draw),
  ({ enums }, draw) => void one(enums, draw).values.push(`N${draw(9)}`),
  ({ inputs }, draw) => removeOne(one(inputs, draw).fields, draw),
  ({ inputs }, draw) =>
    addNamed(one(inputs, draw).fields, (name) => ({ name, type: one(['Int', 'Int!', 'E0'], draw) })),
  ({ inputs }, draw) => {
    const field = one(one(inputs, draw).fields, draw);
    field.type = toggled(field.type);
  },
];

function addNamed<T extends { name: string }>(list: T[], make: (name: string) => T): void {
  const name = LATER.find((each) => !list.some((known) => known.name === each));
  if (name !== undefined) list.push(make(name));
}

const wrapped = (type: string, draw: Draw) => [type, `${type}!`, `[${type}!]`, `[${type}]!`][draw(4)] as string;
const toggled = (type: string) => (type.endsWith('!') ? type.slice(0, -1) : `${type}!`);
export const named = (type: string) => type.replaceAll(/[[\]!]/g, '');

/** The SDL of both subgraphs. Inputs and enums stand in both. */
export function printGraph({ types, inputs, enums }: RandomGraph): Record<string, string> {
  const shared = [
    ...enums.map(({ name, values }) => `enum ${name} { ${[...new Set(values)].join(' ')} }`),
    ...inputs.map(
      ({ name, fields }) => `input ${name} { ${fields.map((each) => `${each.name}: ${each.type}`).join(' ')} }`,
    ),
  ];
  const sdlOf = (owner: 0 | 1) => {
    const printed = types.map(({ name, fields }) => {
      const own = fields.filter((field) => field.owner === owner).map(printField);
      // So that no subgraph's part is empty, and both use what is shared.
      return name === 'Query'
        ? `type Query { of${owner}(e0: E0 e1: E1 i0: I0 i1: I1): Int e0of${owner}: E0 e1of${owner}: E1 ${own.join(' ')} }`
        : `type ${name} @key(fields: "id") { id: ID! ${own.join(' ')} }`;
    });
    return [...printed, ...shared].join('\n');
  };
  return { one: sdlOf(0), two: sdlOf(1) };
}

const printField = ({ name, type, args }: RandomField) =>
  `${name}${args.length === 0 ? '' : `(${args.map((arg) => `${arg.name}: ${arg.type}`).join(' ')})`}: ${type}`;
