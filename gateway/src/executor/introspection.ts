import { type DocumentNode, executeSync, type GraphQLSchema, Kind, type OperationDefinitionNode } from 'graphql';
import type { NormalField } from '../planner/normal-operation.ts';

/** The JSON text of a field `__schema` or `__type`. */
export type Introspect = (field: NormalField) => string;

/** Answers introspection from the schema that clients see. What depends on no variables is answered once. */
export function introspection(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): (variables: Readonly<Record<string, unknown>>) => Introspect {
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const isConstant = (operation.variableDefinitions ?? []).length === 0;
  const known = new Map<NormalField, string>();
  return (variables) => (field) => {
    const text = known.get(field) ?? answer(field, variables);
    if (isConstant) known.set(field, text);
    return text;
  };

  function answer({ node, responseKey }: NormalField, variableValues: Readonly<Record<string, unknown>>): string {
    const selectionSet = { kind: Kind.SELECTION_SET, selections: [node] } as const;
    const { data, errors } = executeSync({
      schema,
      document: { kind: Kind.DOCUMENT, definitions: [{ ...operation, selectionSet }, ...fragments] },
      variableValues,
    });
    const [error] = errors ?? [];
    if (error !== undefined) throw error;
    return JSON.stringify(data?.[responseKey] ?? null);
  }
}
