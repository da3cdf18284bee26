import { DOMAINS, EQUIPMENT_SUBGRAPHS, KINDS } from './railway-types.ts';

/** Of one subgraph, by one request. */
export const HOT_QUERY = '{ station(id: "1") { name position { latitude } } }';

const eachKind = (fields: (kind: string) => string) =>
  KINDS.map((kind) => `... on ${kind} { ${fields(kind)} }`).join(' ');
const notes = EQUIPMENT_SUBGRAPHS.map((name) => `${name}Note ${name}Score`).join(' ');
const ofEachKind = eachKind((kind) => EQUIPMENT_SUBGRAPHS.map((name) => `${name}Of${kind}`).join(' '));
const required = eachKind(() => 'dueKm');
const chain = Object.keys(DOMAINS)
  .slice(0, 7)
  .reduce((below) => `{ name next ${below} }`, '{ id }');

/** That get a plan, the cheapest to plan first. */
export const PLANNED: Readonly<Record<string, string>> = {
  'one type': HOT_QUERY,
  'a union': '{ tracks { below { either { __typename ... on Track { name } ... on Siding { title } } } } }',
  'a type of each of seven subgraphs, one after the other': `{ station(id: "1") ${chain} }`,
  'the interface, in one subgraph': '{ fleet { id serial fleetNote } }',
  'each of its 40 types, in seven subgraphs': `{ fleet { ${ofEachKind} } }`,
  'what each of its 40 types requires': `{ sensors { ${required} } }`,
  'the interface, in seven subgraphs': `{ fleet { ${notes} } }`,
};

/** The worst: fragments on 40 types in seven subgraphs, nested twice (apollographql/federation#2935). */
export const WORST_QUERY = `{
  fleet { ${ofEachKind} parts { ${notes} ${ofEachKind} whole { ${ofEachKind} ${required} } } }
}`;

/** Each of the 40 types has two ways to it: more combinations than the planner's arrays have room for. */
export const BEYOND_ARRAYS = '{ fleet { twin { id } } }';
