import { readFileSync } from 'node:fs';
import { buildSchema, getNamedType, isObjectType, Kind, parse, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import { expect, it } from 'vitest';
import { VIEWERS } from './testing/viewers.ts';
import { rootRows, typeRows } from './testing/visibility-table.ts';

const supergraph = readFileSync(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8');
const schema = buildSchema(supergraph, { assumeValidSDL: true });

/** Types of which somebody is not to see something. */
const guarded = new Set(
  typeRows.filter(({ fields }) => fields.some(([seenBy]) => seenBy.length < VIEWERS.length)).map(({ type }) => type),
);

/** The fields (`Type.field`) that a query goes through. */
function stepsOf(query: string): string[] {
  const steps: string[] = [];
  const types = new TypeInfo(schema);
  visit(
    parse(`{ ${query.replace('…', '__typename')} }`),
    visitWithTypeInfo(types, {
      [Kind.FIELD]: ({ name }) => void steps.push(`${types.getParentType()?.name}.${name.value}`),
    }),
  );
  return steps;
}

it('every field that leads a query to what not everybody sees is a way of the tables', () => {
  // The last step before the fields; of root fields it is enough that they show nothing of the owner to others.
  const tried = new Set(typeRows.flatMap(({ ways }) => ways.map((way) => stepsOf(way).at(-2))));
  for (const { field } of rootRows) tried.add(`Query.${field}`);
  const ways = new Set<string>();
  const seen = new Set<string>();
  const walk = (name: string) => {
    const type = schema.getType(name);
    if (seen.has(name) || !isObjectType(type)) return;
    seen.add(name);
    for (const field of Object.values(type.getFields())) {
      const to = getNamedType(field.type).name;
      if (guarded.has(to)) ways.add(`${name}.${field.name}`);
      walk(to);
    }
  };
  walk('Query');
  expect(ways.size).toBeGreaterThan(40);
  expect([...ways].filter((way) => !tried.has(way))).toEqual([]);
});
