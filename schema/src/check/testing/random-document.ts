import {
  type GraphQLInputType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { Draw } from './random-graph.ts';
import { one } from './random-graph.ts';

/** A named operation that is valid by the schema, which has everything but unions. */
export function randomDocument(schema: GraphQLSchema, name: string, draw: Draw): string {
  const variables: string[] = [];
  const selection = selectionOf(schema.getQueryType() as GraphQLObjectType, 3, { draw, variables });
  const declared = variables.length === 0 ? '' : `(${variables.join(' ')})`;
  return `query ${name}${declared} ${selection}`;
}

interface Walk {
  readonly draw: Draw;
  readonly variables: string[];
}

function selectionOf(type: GraphQLObjectType | GraphQLInterfaceType, depth: number, walk: Walk): string {
  const fields = Object.values(type.getFields()).filter(
    (field) => depth > 0 || !isCompositeType(getNamedType(field.type)),
  );
  const chosen = Array.from({ length: 1 + walk.draw(3) }, () => one(fields, walk.draw));
  const printed = chosen.map((field, index) => {
    const given = field.args
      .filter((arg) => isNonNullType(arg.type) || walk.draw(2) === 0)
      .map((arg) => `${arg.name}: ${literalOf(arg.type, walk)}`);
    const named = getNamedType(field.type);
    const below = isObjectType(named) || isInterfaceType(named) ? ` ${selectionOf(named, depth - 1, walk)}` : '';
    // An alias, as one field may be asked for with several arguments.
    return `r${index}: ${field.name}${given.length === 0 ? '' : `(${given.join(' ')})`}${below}`;
  });
  return `{ ${printed.join(' ')} }`;
}

function literalOf(type: GraphQLInputType, walk: Walk): string {
  const { draw, variables } = walk;
  if (draw(4) === 0) {
    const name = `$v${variables.length}`;
    variables.push(`${name}: ${type}`);
    return name;
  }
  if (isNonNullType(type)) return literalOf(type.ofType as GraphQLInputType, { ...walk, draw: withoutVariable(draw) });
  if (isListType(type))
    return `[${literalOf(type.ofType as GraphQLInputType, { ...walk, draw: withoutVariable(draw) })}]`;
  if (isEnumType(type)) return one(type.getValues(), draw).name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter((field) => isNonNullType(field.type) || draw(2) === 0);
    return `{ ${fields.map((field) => `${field.name}: ${literalOf(field.type, { ...walk, draw: withoutVariable(draw) })}`).join(' ')} }`;
  }
  return type.name === 'Int' ? String(draw(9)) : '"s"';
}

/** Below the top a variable would need the nullability of where it stands. */
const withoutVariable =
  (draw: Draw): Draw =>
  (below) =>
    below === 4 ? 1 + draw(3) : draw(below);
