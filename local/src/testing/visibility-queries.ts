import { type GraphQLObjectType, type GraphQLSchema, getNamedType, isCompositeType, Kind, parse } from 'graphql';
import { requiredArguments } from './visibility-table.ts';
import { everythingOf } from './whole-answers.ts';

/** Under names by which `shownIn` finds them again. */
export function selectionOf(schema: GraphQLSchema, typeName: string, fields: readonly string[]): string {
  const type = schema.getType(typeName) as GraphQLObjectType;
  return fields
    .map((name) => {
      const field = type.getFields()[name];
      if (field === undefined) throw new Error(`there is no ${typeName}.${name}`);
      const selection = isCompositeType(getNamedType(field.type)) ? ' { __typename }' : '';
      return `seen_${name}: ${name}${requiredArguments[`${typeName}.${name}`] ?? ''}${selection}`;
    })
    .join(' ');
}

/** The fields of which an answer shows anything. An empty list is nothing. */
export function shownIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(shownIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    if (!name.startsWith('seen_')) return shownIn(inner);
    return inner === null || (Array.isArray(inner) && inner.length === 0) ? [] : [name.slice('seen_'.length)];
  });
}

/** The query with the things that it names as variables. */
export function withThings(query: string, things: Readonly<Record<string, string>>): [string, Record<string, unknown>] {
  const named = Object.keys(things).filter((name) => new RegExp(`\\$${name}\\b`).test(query));
  const declared = named.map((name) => `$${name}: ${query.includes(`guestToken: $${name}`) ? 'String' : 'ID!'}`);
  const operation = named.length === 0 ? '' : `query (${declared.join(', ')}) `;
  return [`${operation}{ ${query} }`, Object.fromEntries(named.map((name) => [name, things[name]]))];
}

/** That asks for all of its payload. */
export function mutationFor(schema: GraphQLSchema, mutation: string): string {
  const field = schema.getMutationType()?.getFields()[mutation];
  if (field === undefined) throw new Error(`there is no Mutation.${mutation}`);
  const [argument] = field.args;
  const selection = everythingOf(schema, getNamedType(field.type), 3);
  return argument === undefined
    ? `mutation { ${mutation} { ${selection} } }`
    : `mutation ($input: ${argument.type}) { ${mutation}(input: $input) { ${selection} } }`;
}

/** Of each type, the fields that a subgraph answers itself. */
export function resolvedFields(sdl: string): Map<string, Set<string>> {
  const resolved = new Map<string, Set<string>>();
  for (const node of parse(sdl).definitions) {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.OBJECT_TYPE_EXTENSION) continue;
    const fields = resolved.get(node.name.value) ?? new Set();
    resolved.set(node.name.value, fields);
    for (const { name, directives = [] } of node.fields ?? []) {
      if (!directives.some((each) => each.name.value === 'external')) fields.add(name.value);
    }
  }
  return resolved;
}
