import type { QueryPlan } from '@apollo/query-planner';

/** What a plan costs: requests to subgraphs, and how many of them wait for each other. */
export interface PlanShape {
  readonly fetches: number;
  readonly depth: number;
}

type Node = QueryPlan['node'];

export function shapeOf(node: Node): PlanShape {
  switch (node?.kind) {
    case 'Fetch':
      return { fetches: 1, depth: 1 };
    case 'Flatten':
      return shapeOf(node.node);
    case 'Sequence':
    case 'Parallel': {
      const shapes = node.nodes.map(shapeOf);
      const depths = shapes.map(({ depth }) => depth);
      const depth = node.kind === 'Sequence' ? depths.reduce((sum, one) => sum + one, 0) : Math.max(0, ...depths);
      return { fetches: shapes.reduce((sum, { fetches }) => sum + fetches, 0), depth };
    }
    case 'Condition': {
      const branches = [shapeOf(node.ifClause), shapeOf(node.elseClause)];
      return {
        fetches: Math.max(...branches.map(({ fetches }) => fetches)),
        depth: Math.max(...branches.map(({ depth }) => depth)),
      };
    }
    case 'Subscription': {
      const { fetches, depth } = shapeOf(node.rest);
      return { fetches: fetches + 1, depth: depth + 1 };
    }
    case 'Defer': {
      const first = shapeOf(node.primary.node);
      const later = node.deferred.map((part) => shapeOf(part.node));
      return {
        fetches: later.reduce((sum, { fetches }) => sum + fetches, first.fetches),
        depth: first.depth + Math.max(0, ...later.map(({ depth }) => depth)),
      };
    }
    default:
      return { fetches: 0, depth: 0 };
  }
}
