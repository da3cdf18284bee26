import type {
  FetchDataRewrite,
  FetchNode,
  FlattenNode,
  PlanNode,
  QueryPlan,
  QueryPlanFieldNode,
  QueryPlanSelectionNode,
} from '@apollo/query-planner';
import {
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
  visit,
} from 'graphql';
import type { SeparatedSupergraph } from './separate-required.ts';

/**
 * The plan with the fields that the subgraphs know in the place of the added ones (`separateRequired`): the response has
 * them under the added names, as aliases, and representations under their own.
 */
export function restorePlan(plan: QueryPlan, separated: SeparatedSupergraph): QueryPlan {
  const { node } = plan;
  if (separated.originals.size === 0 || node === undefined) return plan;
  if (node.kind !== 'Subscription') return { ...plan, node: restored(node, separated) };
  const { primary, rest } = node;
  return {
    ...plan,
    node: {
      ...node,
      primary: withOriginals(primary, separated.originals),
      ...(rest && { rest: restored(rest, separated) }),
    },
  };
}

function restored(node: PlanNode, separated: SeparatedSupergraph): PlanNode {
  switch (node.kind) {
    case 'Fetch':
      return restoredFetch(node, separated);
    case 'Flatten':
      return restoredFlatten(node, separated);
    case 'Sequence':
    case 'Parallel':
      return { ...node, nodes: node.nodes.map((child) => restored(child, separated)) };
    case 'Condition':
      return {
        ...node,
        ...(node.ifClause && { ifClause: restored(node.ifClause, separated) }),
        ...(node.elseClause && { elseClause: restored(node.elseClause, separated) }),
      };
    case 'Defer': {
      const below = <T extends { node?: PlanNode }>(part: T): T =>
        part.node === undefined ? part : { ...part, node: restored(part.node, separated) };
      return { ...node, primary: below(node.primary), deferred: node.deferred.map(below) };
    }
    default:
      return node;
  }
}

/** A fetch that became several is at one path still. */
function restoredFlatten(node: FlattenNode, separated: SeparatedSupergraph): PlanNode {
  const inner = restored(node.node, separated);
  if (inner.kind !== 'Parallel') return { ...node, node: inner };
  return { ...inner, nodes: inner.nodes.map((child) => ({ ...node, node: child })) };
}

function restoredFetch(fetch: FetchNode, separated: SeparatedSupergraph): PlanNode {
  const nodes = partsOf(fetch, separated).map((part) => withOriginals(part, separated.originals));
  const [only] = nodes;
  return only !== undefined && nodes.length === 1 ? only : { kind: 'Parallel', nodes };
}

function withOriginals(fetch: FetchNode, originals: ReadonlyMap<string, string>): FetchNode {
  const isAdded = [...originals.keys()].some((name) => fetch.operation.includes(name));
  const operation = isAdded ? compact(withAliases(parse(fetch.operation), originals)) : fetch.operation;
  const { requires, inputRewrites } = fetch;
  return {
    ...fetch,
    operation,
    ...(requires && { requires: requires.map((selection) => withOriginalNames(selection, originals)) }),
    ...(inputRewrites && { inputRewrites: inputRewrites.map((rewrite) => atOriginals(rewrite, originals)) }),
  };
}

const withAliases = (document: DocumentNode, originals: ReadonlyMap<string, string>): DocumentNode =>
  visit(document, {
    Field(field) {
      const original = originals.get(field.name.value);
      if (original === undefined) return undefined;
      return { ...field, alias: field.alias ?? field.name, name: { ...field.name, value: original } };
    },
  });

/** A field whose alias is where the response has it, and whose name is what the representation calls it. */
function withOriginalNames(
  selection: QueryPlanSelectionNode,
  originals: ReadonlyMap<string, string>,
): QueryPlanSelectionNode {
  const below = selection.selections?.map((inner) => withOriginalNames(inner, originals));
  if (selection.kind === 'InlineFragment') return { ...selection, selections: below ?? [] };
  const original = originals.get(selection.name);
  return {
    ...selection,
    ...(original !== undefined && { alias: selection.alias ?? selection.name, name: original }),
    ...(below && { selections: below }),
  };
}

const atOriginals = (rewrite: FetchDataRewrite, originals: ReadonlyMap<string, string>): FetchDataRewrite => ({
  ...rewrite,
  path: rewrite.path.map((step) => originals.get(step) ?? step),
});

const compact = (document: DocumentNode) => stripIgnoredCharacters(print(document));

/**
 * The fetch itself, or several in its place where its fields require one field with other arguments each: a
 * representation has it once.
 */
function partsOf(fetch: FetchNode, { originals, addedFor }: SeparatedSupergraph): FetchNode[] {
  const { requires, serviceName } = fetch;
  if (requires === undefined || !isConflicting(requires, originals)) return [fetch];
  const document = parse(fetch.operation);
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  const entities = operation?.selectionSet.selections[0];
  if (operation === undefined || entities?.kind !== Kind.FIELD || entities.selectionSet === undefined) return [fetch];
  const fields = fieldsOf(entities.selectionSet, (type, field) => addedFor(serviceName, type, field));
  return groupsOf(fields, requires, originals).map((group) => {
    const wanted = new Set(group.map(({ node }) => node));
    const added = new Set(group.flatMap((field) => [...field.added]));
    const selectionSet = onlyWith(entities.selectionSet as SelectionSetNode, wanted);
    const part = {
      ...operation,
      selectionSet: { ...operation.selectionSet, selections: [{ ...entities, selectionSet }] },
    };
    const used = variablesIn(part);
    const variableDefinitions = operation.variableDefinitions?.filter(({ variable }) => used.has(variable.name.value));
    return {
      ...fetch,
      operation: compact({
        ...document,
        definitions: [{ ...part, ...(variableDefinitions && { variableDefinitions }) }],
      }),
      ...(fetch.variableUsages && { variableUsages: fetch.variableUsages.filter((name) => used.has(name)) }),
      requires: requiring(requires, added, originals),
    };
  });
}

interface EntityField {
  readonly node: SelectionNode;
  readonly added: ReadonlySet<string>;
}

function fieldsOf(
  { selections }: SelectionSetNode,
  addedFor: (type: string, field: string) => ReadonlySet<string>,
  type = '',
): EntityField[] {
  return selections.flatMap((node) => {
    if (node.kind === Kind.INLINE_FRAGMENT)
      return fieldsOf(node.selectionSet, addedFor, node.typeCondition?.name.value ?? type);
    return [{ node, added: node.kind === Kind.FIELD ? addedFor(type, node.name.value) : new Set<string>() }];
  });
}

/** Fields that can be asked for with one representation. */
function groupsOf(
  fields: readonly EntityField[],
  requires: readonly QueryPlanSelectionNode[],
  originals: ReadonlyMap<string, string>,
): EntityField[][] {
  const groups: EntityField[][] = [];
  for (const field of fields) {
    const fitting = groups.find((group) => {
      const added = new Set([field, ...group].flatMap((one) => [...one.added]));
      return !isConflicting(requiring(requires, added, originals), originals);
    });
    if (fitting === undefined) groups.push([field]);
    else fitting.push(field);
  }
  return groups;
}

/** Without the added fields that none of the group requires. */
function requiring(
  selections: readonly QueryPlanSelectionNode[],
  added: ReadonlySet<string>,
  originals: ReadonlyMap<string, string>,
): QueryPlanSelectionNode[] {
  return selections.flatMap((selection): QueryPlanSelectionNode[] => {
    if (selection.kind === 'Field' && originals.has(selection.name) && !added.has(selection.name)) return [];
    if (selection.selections === undefined) return [selection];
    const below = requiring(selection.selections, added, originals);
    return below.length === 0 ? [] : [{ ...selection, selections: below } as QueryPlanSelectionNode];
  });
}

/** Whether an object would have one field twice. */
function isConflicting(selections: readonly QueryPlanSelectionNode[], originals: ReadonlyMap<string, string>): boolean {
  const names = new Map<string, string>();
  const fields = selections.flatMap(function flat(selection): QueryPlanFieldNode[] {
    return selection.kind === 'Field' ? [selection] : selection.selections.flatMap(flat);
  });
  const isTwice = fields.some(({ name }) => {
    const original = originals.get(name) ?? name;
    const other = names.get(original);
    names.set(original, name);
    return other !== undefined && other !== name;
  });
  if (isTwice) return true;
  const byName = Map.groupBy(fields, ({ name }) => name);
  return [...byName.values()].some((same) =>
    isConflicting(
      same.flatMap((field) => field.selections ?? []),
      originals,
    ),
  );
}

function onlyWith({ selections, ...set }: SelectionSetNode, wanted: ReadonlySet<SelectionNode>): SelectionSetNode {
  const kept = selections.flatMap((node): SelectionNode[] => {
    if (node.kind !== Kind.INLINE_FRAGMENT) return wanted.has(node) ? [node] : [];
    const selectionSet = onlyWith(node.selectionSet, wanted);
    return selectionSet.selections.length === 0 ? [] : [{ ...node, selectionSet }];
  });
  return { ...set, selections: kept };
}

function variablesIn(operation: OperationDefinitionNode): Set<string> {
  const names = new Set<string>();
  visit(operation.selectionSet, { Variable: ({ name }) => void names.add(name.value) });
  return names;
}
