import type { FetchNode, PlanNode, QueryPlan, QueryPlanSelectionNode } from '@apollo/query-planner';
import { type FragmentDefinitionNode, Kind, type OperationDefinitionNode, parse, type SelectionSetNode } from 'graphql';

/** One field on the way from the response's root to a place in it; lists on the way are of no account. */
export interface PathStep {
  readonly key: string;
  /** Only through objects of these types; undefined: of all. */
  readonly onTypes: ReadonlySet<string> | undefined;
}

/** A boolean variable of `@skip` and `@include`, and the value with which the step is taken. */
export interface StepCondition {
  readonly variable: string;
  readonly is: boolean;
}

/** A fetch of a plan, with what has to be there before it can be made. */
export interface PlanStep {
  readonly fetch: FetchNode;
  /** Where the objects are that it is for; empty: it fetches root fields. */
  readonly path: readonly PathStep[];
  /** All must hold. */
  readonly conditions: readonly StepCondition[];
  /** Indices of the steps whose results it reads. */
  readonly needs: readonly number[];
  /** What it writes into the response, as dotted keys from the root. */
  readonly writes: ReadonlySet<string>;
  /** Of the `@defer` that it is for; undefined: the first payload waits for it. */
  readonly deferLabel: string | undefined;
}

/** What a step comes after: indices, and the planner's ids of fetches. */
type Draft = Omit<PlanStep, 'needs'> & { readonly after: readonly number[]; readonly afterIds: ReadonlySet<string> };

/**
 * The fetches of a plan. The planner orders them in groups, of which each waits for the whole one before; here each waits
 * for those alone that write what it reads: its objects, and the fields that it requires of them.
 *
 * @throws Error for a node of a kind that there is not
 */
export function planSteps(plan: QueryPlan): PlanStep[] {
  const drafts: Draft[] = [];
  let deferLabel: string | undefined;
  let afterIds: ReadonlySet<string> = new Set();
  const add = (node: PlanNode, path: readonly PathStep[], conditions: readonly StepCondition[], after: number[]) => {
    const from = drafts.length;
    switch (node.kind) {
      case 'Fetch':
        drafts.push({ fetch: node, path, conditions, after, writes: writtenBy(node, path), deferLabel, afterIds });
        break;
      case 'Flatten':
        add(node.node, [...path, ...pathSteps(node.path)], conditions, after);
        break;
      case 'Sequence':
        for (const child of node.nodes) add(child, path, conditions, [...after, ...indices(from, drafts.length)]);
        break;
      case 'Parallel':
        for (const child of node.nodes) add(child, path, conditions, after);
        break;
      case 'Condition':
        for (const [clause, is] of [[node.ifClause, true] as const, [node.elseClause, false] as const]) {
          if (clause !== undefined) add(clause, path, [...conditions, { variable: node.condition, is }], after);
        }
        break;
      case 'Defer': {
        if (node.primary.node !== undefined) add(node.primary.node, path, conditions, after);
        const first = [...after, ...indices(from, drafts.length)];
        const around = { deferLabel, afterIds };
        for (const { label, depends, node: later } of node.deferred) {
          deferLabel = label;
          afterIds = new Set([...around.afterIds, ...depends.map(({ id }) => id)]);
          if (later !== undefined) add(later, path, conditions, first);
        }
        ({ deferLabel, afterIds } = around);
        break;
      }
      default:
        throw new Error(`plans with ${(node as PlanNode).kind} are not supported`);
    }
  };
  if (plan.node?.kind === 'Subscription') {
    // What the event says comes first, and then what it is completed with.
    const { primary, rest } = plan.node;
    add(primary, [], [], []);
    if (rest !== undefined) add(rest, [], [], indices(0, drafts.length));
  } else if (plan.node !== undefined) add(plan.node, [], [], []);
  return drafts.map(({ after, afterIds, ...step }) => ({
    ...step,
    needs: [...after, ...withIds(afterIds, drafts, after)].filter((index) => isNeeded(step, drafts[index])),
  }));
}

const withIds = (ids: ReadonlySet<string>, drafts: readonly Draft[], known: readonly number[]): number[] =>
  ids.size === 0
    ? []
    : drafts.flatMap(({ fetch: { id } }, index) =>
        id !== undefined && ids.has(id) && !known.includes(index) ? [index] : [],
      );

const indices = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

function isNeeded(step: Omit<PlanStep, 'needs'>, earlier: Draft | undefined): boolean {
  // Mutations take place one after the other (GraphQL, 6.2.2); a context may come from anywhere above.
  if (step.fetch.operationKind === 'mutation' || step.fetch.contextRewrites !== undefined) return true;
  for (const key of readBy(step)) if (earlier?.writes.has(key)) return true;
  return false;
}

/** `['users', '@', 'reviews|[Long,Short]']`; a part without a name is about the objects of the one before. */
function pathSteps(path: readonly (string | number)[]): PathStep[] {
  const steps: PathStep[] = [];
  for (const part of path) {
    const [, key = '', types] = /^([^|]*)(?:\|\[(.*)\])?$/.exec(String(part)) ?? [];
    const onTypes = types === undefined ? undefined : new Set(types.split(','));
    if (key !== '' && key !== '@') steps.push({ key, onTypes });
    else if (onTypes !== undefined) {
      const last = steps.pop();
      if (last !== undefined) steps.push({ ...last, onTypes });
    }
  }
  return steps;
}

export const dotted = (path: readonly PathStep[]): string => path.map(({ key }) => key).join('.');

const below = (prefix: string, key: string) => (prefix === '' ? key : `${prefix}.${key}`);

function* readBy({ path, fetch }: Pick<PlanStep, 'path' | 'fetch'>): Generator<string> {
  let prefix = '';
  for (const { key, onTypes } of path) {
    prefix = below(prefix, key);
    yield prefix;
    if (onTypes !== undefined) yield below(prefix, '__typename');
  }
  yield* requiredBy({ path, fetch });
}

/** Dotted keys of the fields that a step requires of its objects. */
export const requiredBy = ({ path, fetch }: Pick<PlanStep, 'path' | 'fetch'>): Iterable<string> =>
  namesIn(fetch.requires ?? [], dotted(path));

function* namesIn(selections: readonly QueryPlanSelectionNode[], prefix: string): Generator<string> {
  for (const selection of selections) {
    if (selection.kind === 'InlineFragment') yield* namesIn(selection.selections, prefix);
    else {
      const key = below(prefix, selection.alias ?? selection.name);
      yield key;
      yield* namesIn(selection.selections ?? [], key);
    }
  }
}

function writtenBy(fetch: FetchNode, path: readonly PathStep[]): Set<string> {
  const { definitions } = parse(fetch.operation, { noLocation: true });
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of definitions) if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  /** Fields that get another key before they are merged. */
  const renamed = new Map<string, string[]>();
  for (const rewrite of fetch.outputRewrites ?? []) {
    const last = rewrite.path.at(-1);
    if (rewrite.kind !== 'KeyRenamer' || last === undefined) continue;
    renamed.set(last, [...(renamed.get(last) ?? []), rewrite.renameKeyTo]);
  }
  const written = new Set<string>();
  const add = ({ selections }: SelectionSetNode, prefix: string) => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const name = (selection.alias ?? selection.name).value;
        for (const key of [name, ...(renamed.get(name) ?? [])]) {
          written.add(below(prefix, key));
          if (selection.selectionSet !== undefined) add(selection.selectionSet, below(prefix, key));
        }
      } else {
        const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
        if (fragment !== undefined) add(fragment.selectionSet, prefix);
      }
    }
  };
  for (const node of definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION) continue;
    const root = fetch.requires === undefined ? node.selectionSet : entitySelection(node.selectionSet);
    if (root !== undefined) add(root, dotted(path));
  }
  return written;
}

/** What is selected of entities. */
export function entitySelection({ selections }: SelectionSetNode): SelectionSetNode | undefined {
  const entities = selections.find((node) => node.kind === Kind.FIELD && node.name.value === '_entities');
  return entities?.kind === Kind.FIELD ? entities.selectionSet : undefined;
}

export function operationIn(text: string): OperationDefinitionNode {
  const { definitions } = parse(text, { noLocation: true });
  const operation = definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (operation === undefined) throw new Error('a fetch without an operation');
  return operation;
}
