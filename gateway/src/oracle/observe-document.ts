import type { GraphQLSchema } from 'graphql';
import {
  type DocumentNode,
  type FieldNode,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { Mark } from './constructs.ts';
import { type Graph, typeOf } from './graph-model.ts';
import type { RandomOperation } from './random-operation.ts';

/** Notes which constructs an operation is written with. */
export function observeDocument(graph: Graph, schema: GraphQLSchema, operation: RandomOperation, mark: Mark): void {
  const document = parse(operation.source);
  const types = new TypeInfo(schema);
  let depth = 0;
  visit(
    document,
    visitWithTypeInfo(types, {
      Field: {
        enter(node) {
          depth++;
          if (depth >= 5) mark('five levels or more');
          observeField(graph, node, types.getParentType()?.name ?? '', mark);
        },
        leave() {
          depth--;
        },
      },
      SelectionSet: (node) => observeSelections(node, mark),
      FragmentSpread: () => mark('fragment spread'),
      InlineFragment(node) {
        mark('inline fragment');
        observeCondition(schema, types.getParentType()?.name, node.typeCondition?.name.value, mark);
      },
      Directive({ name }) {
        if (name.value === 'skip') mark('@skip');
        if (name.value === 'include') mark('@include');
      },
      Argument({ value }) {
        if (value.kind !== Kind.VARIABLE) mark('literal argument');
      },
      ObjectField({ value }) {
        if (value.kind === Kind.VARIABLE) mark('variable inside an input object');
      },
    }),
  );
  observeVariables(document, operation.variables, mark);
}

function observeField(graph: Graph, node: FieldNode, parent: string, mark: Mark): void {
  const name = node.name.value;
  if (name === '__typename') mark('__typename');
  const alias = node.alias?.value;
  if (alias === undefined || alias === name) return;
  mark('alias');
  const possible = [parent, ...[...(graph.types.get(parent)?.members.values() ?? [])].flat()];
  if (possible.some((type) => typeOf(graph, type).fields.get(alias)?.isKey === true))
    mark('alias with the name of a key');
}

function observeSelections({ selections }: SelectionSetNode, mark: Mark): void {
  const fields = selections.flatMap((selection) =>
    selection.kind === Kind.FIELD
      ? [selection]
      : selection.kind === Kind.INLINE_FRAGMENT
        ? directFields(selection.selectionSet)
        : [],
  );
  const byKey = Map.groupBy(fields, (node) => (node.alias ?? node.name).value);
  for (const same of byKey.values()) {
    if (same.length > 1 && same.every(({ selectionSet }) => selectionSet !== undefined))
      mark('repeated field that merges');
  }
  const byName = Map.groupBy(fields, ({ name }) => name.value);
  for (const same of byName.values()) {
    const texts = new Set(
      same.map((node) => JSON.stringify(node.arguments?.map(({ name, value }) => [name.value, value]))),
    );
    if (texts.size > 1) mark('one field with other arguments under an alias');
  }
}

const directFields = ({ selections }: SelectionSetNode): FieldNode[] =>
  selections.filter((selection) => selection.kind === Kind.FIELD);

function observeCondition(schema: GraphQLSchema, around: string | undefined, on: string | undefined, mark: Mark): void {
  const [outer, inner] = [schema.getType(around ?? ''), schema.getType(on ?? '')];
  if (isAbstractType(outer) && isObjectType(inner)) mark('narrowing type condition');
  if (isAbstractType(outer) && isInterfaceType(inner) && outer !== inner)
    mark('type condition of an interface in another');
}

function observeVariables(document: DocumentNode, variables: Readonly<Record<string, unknown>>, mark: Mark): void {
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    for (const { variable, defaultValue } of definition.variableDefinitions ?? []) {
      if (Object.hasOwn(variables, variable.name.value)) mark('variable with a value');
      else mark(defaultValue === undefined ? 'variable without a value' : 'default of a variable');
    }
  }
}
