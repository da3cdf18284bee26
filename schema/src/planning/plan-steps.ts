import type { FetchNode, PlanNode, QueryPlan, QueryPlanSelectionNode } from '@apollo/query-planner';
import { Kind, type OperationDefinitionNode, parse, print, type SelectionSetNode } from 'graphql';

/** A query plan as a person reads it. */
export type PlanStep = FetchStep | { kind: 'sequence' | 'parallel'; steps: PlanStep[] } | ConditionStep;

export interface FetchStep {
  kind: 'fetch';
  subgraph: string;
  /** Of the objects whose fields are fetched, `order.items.@.product`; nothing for root fields. `@` is each of a list. */
  path: string;
  /** What is known of those objects, by which the subgraph finds them: `... on Product { id }`; nothing for root fields. */
  by: string;
  /** The fields, in lines. */
  fields: string;
}

export interface ConditionStep {
  kind: 'condition';
  /** The variable of `@skip` or `@include`, with its `$`. */
  variable: string;
  whenTrue?: PlanStep;
  whenFalse?: PlanStep;
}

/** Undefined for a plan that asks no subgraph. */
export function planSteps({ node }: QueryPlan): PlanStep | undefined {
  if (node?.kind !== 'Subscription') return node && stepOf(node, []);
  const primary = stepOf(node.primary, []);
  // What follows is asked for with each event.
  return node.rest === undefined ? primary : { kind: 'sequence', steps: [primary, stepOf(node.rest, [])] };
}

function stepOf(node: PlanNode, path: readonly (string | number)[]): PlanStep {
  switch (node.kind) {
    case 'Fetch':
      return fetchStep(node, path);
    case 'Flatten':
      return stepOf(node.node, [...path, ...node.path]);
    case 'Sequence':
      return { kind: 'sequence', steps: node.nodes.map((child) => stepOf(child, path)) };
    case 'Parallel':
      return { kind: 'parallel', steps: node.nodes.map((child) => stepOf(child, path)) };
    case 'Condition':
      return {
        kind: 'condition',
        variable: `$${node.condition}`,
        ...(node.ifClause && { whenTrue: stepOf(node.ifClause, path) }),
        ...(node.elseClause && { whenFalse: stepOf(node.elseClause, path) }),
      };
    case 'Defer':
      throw new Error('@defer is not planned');
  }
}

function fetchStep(
  { serviceName, operation, requires = [] }: FetchNode,
  path: readonly (string | number)[],
): FetchStep {
  const selection = selectionOf(parse(operation, { noLocation: true }).definitions[0] as OperationDefinitionNode);
  return {
    kind: 'fetch',
    subgraph: serviceName,
    // With conditions on types, a path begins with an empty step.
    path: path.filter((step) => step !== '').join('.'),
    by: requires.map(requiredText).join(' '),
    fields: print(selection),
  };
}

/** What is asked of entities stands below `_entities`. */
function selectionOf({ selectionSet }: OperationDefinitionNode): SelectionSetNode {
  const [first] = selectionSet.selections;
  const isEntities = first?.kind === Kind.FIELD && first.name.value === '_entities';
  return (isEntities ? first.selectionSet : undefined) ?? selectionSet;
}

function requiredText(selection: QueryPlanSelectionNode): string {
  const below = selection.selections?.filter((inner) => inner.kind !== 'Field' || inner.name !== '__typename') ?? [];
  const text = below.length === 0 ? '' : ` { ${below.map(requiredText).join(' ')} }`;
  return selection.kind === 'Field' ? `${selection.name}${text}` : `... on ${selection.typeCondition}${text}`;
}
