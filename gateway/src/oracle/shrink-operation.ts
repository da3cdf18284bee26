import {
  type DefinitionNode,
  type DocumentNode,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  validate,
  visit,
} from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import type { RandomOperation } from './random-operation.ts';

/**
 * A smaller operation that still fails, as small as removing one thing at a time makes it: a selection, a fragment around
 * selections, an argument, a directive, an alias, a variable.
 */
export async function shrinkOperation(
  operation: RandomOperation,
  schema: GraphQLSchema,
  fails: (candidate: RandomOperation) => Promise<boolean>,
): Promise<RandomOperation> {
  let smallest = operation;
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const candidate of smallerOnes(smallest)) {
      if (!isValid(candidate, schema) || !(await fails(candidate))) continue;
      smallest = candidate;
      isSmaller = true;
      break;
    }
  }
  return smallest;
}

function isValid({ source, variables }: RandomOperation, schema: GraphQLSchema): boolean {
  const document = parse(source);
  const definitions = getOperationAST(document)?.variableDefinitions ?? [];
  return (
    validate(schema, document).length === 0 && getVariableValues(schema, definitions, variables).errors === undefined
  );
}

function* smallerOnes({ source, variables }: RandomOperation): Generator<RandomOperation> {
  const document = parse(source, { noLocation: true });
  for (const smaller of smallerDocuments(document)) if (!hasEmptySet(smaller)) yield tidy(smaller, variables);
  for (const name of Object.keys(variables)) {
    yield { source, variables: Object.fromEntries(Object.entries(variables).filter(([key]) => key !== name)) };
  }
}

function hasEmptySet(document: DocumentNode): boolean {
  let isEmpty = false;
  visit(document, {
    SelectionSet({ selections }) {
      if (selections.length === 0) isEmpty = true;
    },
  });
  return isEmpty;
}

/** Without what nothing uses any more. */
function tidy(document: DocumentNode, variables: RandomOperation['variables']): RandomOperation {
  const used = new Set<string>();
  visit(document, { FragmentSpread: ({ name }) => void used.add(`...${name.value}`) });
  const isUsed = (node: DefinitionNode) => node.kind !== Kind.FRAGMENT_DEFINITION || used.has(`...${node.name.value}`);
  const kept = { ...document, definitions: document.definitions.filter(isUsed) };
  visit(kept, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void used.add(`$${name.value}`),
  });
  const smaller = visit(kept, {
    VariableDefinition: ({ variable }) => (used.has(`$${variable.name.value}`) ? undefined : null),
  });
  const left = Object.entries(variables).filter(([name]) => used.has(`$${name}`));
  return { source: print(smaller), variables: Object.fromEntries(left) };
}

/** The largest cuts first. */
function* smallerDocuments(document: DocumentNode): Generator<DocumentNode> {
  const counts = { selection: 0, detail: 0 };
  visit(document, {
    SelectionSet({ selections }) {
      counts.selection += selections.length;
    },
    Directive: () => void counts.detail++,
    Argument: () => void counts.detail++,
    Field({ alias }) {
      if (alias !== undefined) counts.detail++;
    },
  });
  for (let index = 0; index < counts.selection; index++) yield withSelections(document, index, () => []);
  for (let index = 0; index < counts.selection; index++)
    yield withSelections(document, index, (node) => unwrapped(document, node));
  for (let index = 0; index < counts.detail; index++) yield withoutDetail(document, index);
}

/** With other selections in the place of the one of this number. */
function withSelections(
  document: DocumentNode,
  number: number,
  replace: (node: SelectionNode) => readonly SelectionNode[],
): DocumentNode {
  let count = 0;
  return visit(document, {
    SelectionSet(node): SelectionSetNode | undefined {
      const index = number - count;
      count += node.selections.length;
      const selection = node.selections[index];
      if (index < 0 || selection === undefined) return undefined;
      return { ...node, selections: node.selections.toSpliced(index, 1, ...replace(selection)) };
    },
  });
}

/** What is in a fragment, instead of it. */
function unwrapped(document: DocumentNode, node: SelectionNode): readonly SelectionNode[] {
  if (node.kind === Kind.INLINE_FRAGMENT) return node.selectionSet.selections;
  if (node.kind === Kind.FIELD) return [];
  const fragment = document.definitions.find(
    (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === node.name.value,
  );
  if (fragment?.kind !== Kind.FRAGMENT_DEFINITION) return [];
  return [{ kind: Kind.INLINE_FRAGMENT, typeCondition: fragment.typeCondition, selectionSet: fragment.selectionSet }];
}

function withoutDetail(document: DocumentNode, number: number): DocumentNode {
  let count = 0;
  const isIt = () => count++ === number;
  return visit(document, {
    Directive: () => (isIt() ? null : undefined),
    Argument: () => (isIt() ? null : undefined),
    Field(node) {
      if (node.alias === undefined || !isIt()) return undefined;
      const { alias: _, ...rest } = node;
      return rest;
    },
  });
}
