import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { ATTRIBUTES, DOMAINS, EQUIPMENT_SUBGRAPHS, KINDS } from './railway-types.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@external", "@requires", "@shareable"])`;
/** With which there are 3,000 fields. */
const DOMAIN_ATTRIBUTES = 1428;
/** Of so many implementations, two subgraphs know the parts: 2^12 combinations at each level of a tree. */
const SHARED_KINDS = 12;

export interface LargeSubgraph {
  readonly name: string;
  readonly sdl: string;
}

/** Of a railway: 30 subgraphs with 3,000 fields, and an interface with 40 implementations that seven of them know. */
export const largeSubgraphs = (): LargeSubgraph[] => [
  ...EQUIPMENT_SUBGRAPHS.map((name, index) => ({ name, sdl: equipment(name, index) })),
  ...Object.keys(DOMAINS).map((name, index) => ({ name, sdl: domain(name, index) })),
];

/** All of them composed; nothing answers at its URLs. */
export function largeSupergraph(): string {
  const { supergraphSdl, errors } = composeServices(
    largeSubgraphs().map(({ name, sdl }) => ({ name, url: `http://127.0.0.1:1/${name}`, typeDefs: parse(sdl) })),
  );
  if (supergraphSdl === undefined) throw new AggregateError(errors ?? [], 'the railway does not compose');
  return supergraphSdl;
}

function equipment(name: string, index: number): string {
  const shared = ['id: ID!', `${name}Note: String`, `${name}Score: Int`];
  const ofKind = (kind: string, number: number) => {
    const keys = index === 0 ? '@key(fields: "id") @key(fields: "serial")' : '@key(fields: "id")';
    const fields = [...shared, `${name}Of${kind}: String`];
    if (index === 0) fields.push('serial: String!', 'mileageKm: Int!');
    if (index === 0 || (index === 1 && number < SHARED_KINDS))
      fields.push('whole: Equipment @shareable', 'parts: [Equipment!]! @shareable');
    if (index < 2) fields.push('twin: Equipment @shareable');
    if (name === 'repairs')
      fields.push('mileageKm: Int! @external', 'dueKm(marginKm: Int): Int @requires(fields: "mileageKm")');
    return `type ${kind} implements Equipment ${keys} { ${fields.join(' ')} }`;
  };
  const ofInterface = [...shared, ...(index < 2 ? ['twin: Equipment'] : [])];
  if (index === 0) ofInterface.push('serial: String!', 'mileageKm: Int!', 'whole: Equipment', 'parts: [Equipment!]!');
  return `${LINK}
    type Query { ${name}: [Equipment!]! ${name}ById(id: ID!): Equipment }
    interface Equipment { ${ofInterface.join(' ')} }
    ${KINDS.map(ofKind).join('\n')}`;
}

function domain(name: string, index: number): string {
  const names = Object.keys(DOMAINS);
  const types = DOMAINS[name] ?? [];
  const [neighbour = ''] = DOMAINS[names[(index + 1) % names.length] ?? ''] ?? [];
  const kind = KINDS[index % KINDS.length];
  const [first = '', second = '', third = ''] = types;
  const ofType = (type: string, place: number) => {
    const attributes = attributesOf(index * types.length + place).map((attribute) => `${attribute}: String`);
    const fields = ['id: ID!', 'position: Position', 'validity: Period', ...attributes];
    if (place === 0) fields.push('code: String!', `next: ${neighbour}`, `equipment: ${kind}`, `below: [${second}!]!`);
    if (place === 1) fields.push('number: Int!', `within: ${first}!`, `either: ${first}Or${third}`);
    return `type ${type} ${KEYS[place]} { ${fields.join(' ')} }`;
  };
  const one = first.charAt(0).toLowerCase() + first.slice(1);
  return `${LINK}
    type Query { ${one}(id: ID!): ${first} ${name}(limit: Int = 10, order: Order = UP): [${first}!]! }
    enum Order { UP DOWN }
    type Position @shareable { latitude: Float! longitude: Float! }
    type Period @shareable { from: String! to: String }
    union ${first}Or${third} = ${first} | ${third}
    type ${neighbour} @key(fields: "id", resolvable: false) { id: ID! }
    type ${kind} @key(fields: "id", resolvable: false) { id: ID! }
    ${types.map(ofType).join('\n')}`;
}

const KEYS = [
  '@key(fields: "id") @key(fields: "code")',
  '@key(fields: "id") @key(fields: "number within { id }")',
  '@key(fields: "id")',
];

/** Spread evenly over the types. */
function attributesOf(type: number): string[] {
  const types = Object.keys(DOMAINS).length * KEYS.length;
  const count = Math.floor(DOMAIN_ATTRIBUTES / types) + (type < DOMAIN_ATTRIBUTES % types ? 1 : 0);
  return ATTRIBUTES.slice(0, count);
}
