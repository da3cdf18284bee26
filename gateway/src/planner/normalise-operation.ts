import {
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
  type VariableNode,
  visit,
} from 'graphql';
import { CanonicalSelection } from './canonical-selection.ts';
import { type CollectedField, type DeferredWhen, FieldCollector, fetchedOf } from './collected-field.ts';
import { beside, bothOf, type Conjunction, noneOf } from './conditions.ts';
import { deferGroups, type GroupOf } from './defer-usage.ts';
import type { NormalOperation } from './normal-operation.ts';
import { NormalSelection } from './normal-selection.ts';
import { planFields } from './plan-field.ts';
import { SchemaTypes } from './schema-types.ts';
import { variableDefinitions } from './variable-definitions.ts';

/**
 * The operation as plans are keyed by it: documents that ask for the same in other words, with other names and other
 * literals, have one text. The operation's name is not in it.
 *
 * @param document Valid by the schema.
 * @param withhold Marks what the caller may not see. Default: nothing is
 * @param deferredWhen Variables of `if:` by which `@defer` and `@stream` are on. Default: they say nothing
 * @throws PlanningError for a document that is too large when it is written out
 */
export function normaliseOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  withhold?: Withhold,
  deferredWhen?: DeferredWhen,
): NormalOperation {
  const isReserved = operation.variableDefinitions?.some(({ variable }) => variable.name.value === RESERVED);
  return isReserved === true
    ? withoutReserved(schema, document, operation, withhold, deferredWhen)
    : normalise(schema, document, operation, withhold, deferredWhen);
}

/** The same fields, those marked that are denied. */
export type Withhold = (fields: readonly CollectedField[]) => readonly CollectedField[];

/** The planner's own variable, in whose place it would take the client's. */
const RESERVED = 'representations';

function withoutReserved(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  withhold: Withhold | undefined,
  deferredWhen: DeferredWhen | undefined,
): NormalOperation {
  const names = new Set(operation.variableDefinitions?.map(({ variable }) => variable.name.value));
  let other = `${RESERVED}_`;
  while (names.has(other)) other += '_';
  const rename = {
    Variable: (node: VariableNode) =>
      node.name.value === RESERVED ? { ...node, name: { ...node.name, value: other } } : undefined,
  };
  const definitions = document.definitions.map((node) => visit(node, rename));
  const renamed = definitions[document.definitions.indexOf(operation)] as OperationDefinitionNode;
  return {
    ...normalise(schema, { ...document, definitions }, renamed, withhold, deferredWhen),
    renamed: new Map([[other, RESERVED]]),
  };
}

function normalise(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  withhold: Withhold | undefined,
  deferredWhen: DeferredWhen | undefined,
): NormalOperation {
  const types = SchemaTypes.of(schema);
  const root = schema.getRootType(operation.operation);
  if (root == null) throw new Error(`the schema has no ${operation.operation}`);
  const isSerial = operation.operation === OperationTypeNode.MUTATION;
  const collected = new FieldCollector(types, document, deferredWhen).collect(operation.selectionSet, root);
  const all = withhold === undefined ? collected : withhold(collected);
  const selected = isSerial ? calledOnce(all) : all;
  const groupOf = deferredWhen === undefined ? NONE : deferGroups(selected);
  // Fields of introspection: who has the schema answers them.
  const fetched = fetchedOf(selected).filter(({ name }) => !name.startsWith('__'));
  const definitions = operation.variableDefinitions ?? [];
  const names = new Set(definitions.map(({ variable }) => variable.name.value));
  const { of, lifted } = planFields(fetched, isSerial, types, names, groupOf);
  const normal = new NormalSelection(types, of, groupOf);
  const selection = normal.root(selected, root);
  const canonical = new CanonicalSelection(types, of, normal.typed, normal.planLabels);
  const body = fetched.length === 0 ? '' : canonical.root(fetched, root, isSerial);
  const { text: variables, defaults } = variableDefinitions(definitions, fetched, canonical.variables, lifted, schema);
  const literals: Record<string, unknown> = Object.create(null);
  for (const [name, { value }] of lifted) literals[name] = JSON.parse(value);
  return {
    text: body === '' ? '' : `${operation.operation}${variables}${body}`,
    kind: operation.operation,
    literals: Object.assign(literals, defaults),
    renamed: NOTHING_RENAMED,
    selection,
    isDeferred: normal.isDeferred,
  };
}

/** Nothing is deferred. */
const NONE: GroupOf = () => undefined;

const NOTHING_RENAMED: NormalOperation['renamed'] = new Map();

/**
 * The root fields of a mutation, with conditions by which only the first of those under one response key is called, and
 * with all that is selected of it there.
 */
function calledOnce(fields: readonly CollectedField[]): readonly CollectedField[] {
  const groups = Map.groupBy(fields, ({ responseKey }) => responseKey);
  const earlier = new Map<string, Conjunction[]>();
  return fields.flatMap((field) => {
    const group = groups.get(field.responseKey) ?? [];
    if (group.length === 1) return [field];
    // What one of them asks for may not be seen: it would be merged into the one call.
    if (fetchedOf(group).length < group.length) return [{ ...field, children: undefined, isDenied: true }];
    const before = earlier.get(field.responseKey) ?? [];
    earlier.set(field.responseKey, [...before, field.when]);
    return noneOf(before, field.when).map((when) => ({ ...field, when, children: childrenWhen(when, group) }));
  });
}

/** What is selected of any of the fields when the conditions hold. */
function childrenWhen(conditions: Conjunction, fields: readonly CollectedField[]) {
  if (fields[0]?.children === undefined) return undefined;
  return fields.flatMap(({ when: outer, children = [] }) =>
    children.flatMap((child) => {
      const both = bothOf(outer, child.when);
      const when = both && beside(conditions, both);
      return when === undefined ? [] : [{ ...child, when }];
    }),
  );
}
