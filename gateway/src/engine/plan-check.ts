import type { QueryPlan } from '@apollo/query-planner';
import { ConfigError, type Logger } from '@tributary/service-kit';
import { normaliseOperation } from '../planner/normalise-operation.ts';
import { type Generation, type KnownOperation, validOperation } from './generation.ts';

export interface PlanCheckParts {
  documents: readonly KnownOperation[];
  /** Whether a supergraph by which one of them takes more is refused, or is only told of. */
  mode: 'warn' | 'block';
  log: Logger;
}

/** What a plan costs: requests to subgraphs, and how many of them wait for each other. */
export interface PlanShape {
  readonly fetches: number;
  readonly depth: number;
}

/** Compares what known documents cost by a new supergraph and by the one before it. */
export class PlanCheck {
  readonly #parts: PlanCheckParts;
  readonly #shapes = new WeakMap<Generation, Promise<ReadonlyMap<string, PlanShape>>>();

  constructor(parts: PlanCheckParts) {
    this.#parts = parts;
  }

  /** @throws ConfigError where that is to be refused. */
  async compare(before: Generation, after: Generation): Promise<void> {
    const [old, now] = [await this.#shapesOf(before), await this.#shapesOf(after)];
    const slower = [...now].flatMap(([name, shape]) => {
      const was = old.get(name);
      if (was === undefined || (shape.fetches <= was.fetches && shape.depth <= was.depth)) return [];
      return [`${name}: ${text(was)}, now ${text(shape)}`];
    });
    if (slower.length === 0) return;
    if (this.#parts.mode === 'block') throw new ConfigError(`Plans get worse. ${slower.join('; ')}`);
    this.#parts.log.warn({ documents: slower }, 'plans get worse by the new supergraph');
  }

  #shapesOf(generation: Generation): Promise<ReadonlyMap<string, PlanShape>> {
    const known = this.#shapes.get(generation) ?? this.#plan(generation);
    this.#shapes.set(generation, known);
    return known;
  }

  async #plan({ schema, candidate }: Generation): Promise<ReadonlyMap<string, PlanShape>> {
    const shapes = new Map<string, PlanShape>();
    for (const { name, text } of this.#parts.documents) {
      const known = validOperation(schema, text);
      // What a supergraph does not have, it is not slow at.
      if (known === undefined) continue;
      const normal = normaliseOperation(schema, known.document, known.operation);
      const plan = await candidate.planner.plan(normal).catch(() => undefined);
      if (plan !== undefined) shapes.set(name, shapeOf(plan.node));
    }
    return shapes;
  }
}

const text = ({ fetches, depth }: PlanShape) => `${fetches} requests, ${depth} deep`;

type Node = QueryPlan['node'];

function shapeOf(node: Node): PlanShape {
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
    default:
      return { fetches: 0, depth: 0 };
  }
}
