import {
  type DefinitionNode,
  type FieldNode,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  print,
  stripIgnoredCharacters,
  visit,
} from 'graphql';
import type { RootCall } from '../executor/compiled-plan.ts';
import type { PlanRequest } from '../executor/subgraph-access.ts';
import type { RawError, SubgraphAnswer } from '../subgraphs/read-answer.ts';
import type { Representation } from '../supergraph/event-binding.ts';

/** What a subscription asks for of its root field, asked of an entity: `_entities` in the place of the field. */
export interface EntityQuestion {
  /** @param values of the plan's variables */
  about(entity: Representation, values: Readonly<Record<string, unknown>>): PlanRequest;
  /** The answer as one to the root field. Undefined: there is no such entity, or not for the caller. */
  read(answer: SubgraphAnswer): SubgraphAnswer | undefined;
}

const KEY = '_entities';

export function entityQuestion({ query, subgraph }: RootCall, type: string): EntityQuestion {
  const { definitions } = parse(query, { noLocation: true });
  const operation = definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  const field = operation?.selectionSet.selections[0];
  if (operation === undefined || field?.kind !== Kind.FIELD) throw new Error('a subscription without a root field');
  const rootKey = (field.alias ?? field.name).value;
  const others = definitions.filter((node) => node !== operation);
  const { text, variables } = questionText(operation, field, others, type);
  const types = [type];
  return {
    about(entity, values) {
      const given = Object.fromEntries(variables.flatMap((name) => (name in values ? [[name, values[name]]] : [])));
      return {
        ...{ subgraph, query: text, types, places: 1, calls: [] },
        variables: JSON.stringify({ representations: [entity], ...given }),
        entities: new Map([[KEY, 1]]),
      };
    },
    read(answer) {
      const errors = answer.errors.map((error) => atRoot(error, rootKey));
      if (answer.data === null) return { ...answer, errors };
      const [entity = null] = answer.data[KEY] as (Record<string, unknown> | null)[];
      if (entity === null && errors.length === 0) return undefined;
      return { ...answer, data: { [rootKey]: entity }, errors };
    },
  };
}

function questionText(
  operation: OperationDefinitionNode,
  field: FieldNode,
  others: readonly DefinitionNode[],
  type: string,
): { text: string; variables: readonly string[] } {
  const used = new Set<string>();
  const note = { Variable: ({ name }: { name: { value: string } }) => void used.add(name.value) };
  const { selectionSet } = field;
  if (selectionSet === undefined) throw new Error('a subscription to a field without fields');
  for (const node of [selectionSet, ...others]) visit(node, note);
  const kept = operation.variableDefinitions?.filter(({ variable }) => used.has(variable.name.value)) ?? [];
  // Written with a selection in the place of the entity's, which takes it.
  const [frame] = parse(
    `query($representations:[_Any!]!){${KEY}(representations:$representations){...on ${type}{x}}}`,
    {
      noLocation: true,
    },
  ).definitions as OperationDefinitionNode[];
  const asked = visit(frame as OperationDefinitionNode, {
    OperationDefinition: (node) => ({
      ...node,
      operation: OperationTypeNode.QUERY,
      variableDefinitions: [...(node.variableDefinitions ?? []), ...kept],
    }),
    InlineFragment: (node) => ({ ...node, selectionSet }),
  });
  const definitions = [asked, ...others];
  const variables = kept.map(({ variable }) => variable.name.value);
  return { text: stripIgnoredCharacters(print({ kind: Kind.DOCUMENT, definitions })), variables };
}

/** `['_entities', 0, 'total']` is `['orderUpdated', 'total']`. */
const atRoot = (error: RawError, rootKey: string): RawError =>
  Array.isArray(error.path) && error.path[0] === KEY ? { ...error, path: [rootKey, ...error.path.slice(2)] } : error;
