import { ConfigError, type Logger } from '@tributary/service-kit';
import { othersFirst } from '../others-first.ts';
import { normaliseOperation } from '../planner/normalise-operation.ts';
import { type PlanShape, shapeOf } from '../planner/plan-shape.ts';
import { type Generation, type KnownOperation, validOperation } from './generation.ts';

export interface PlanCheckParts {
  documents: () => readonly KnownOperation[];
  /** Whether a supergraph by which one of them takes more is refused, or is only told of. */
  mode: 'warn' | 'block';
  log: Logger;
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
    for (const operation of this.#parts.documents()) {
      const known = validOperation(schema, operation);
      await othersFirst();
      // What a supergraph does not have, it is not slow at.
      if (known === undefined) continue;
      const normal = normaliseOperation(schema, known.document, known.operation);
      const plan = await candidate.planner.plan(normal).catch(() => undefined);
      if (plan !== undefined) shapes.set(operation.name, shapeOf(plan.node));
    }
    return shapes;
  }
}

const text = ({ fetches, depth }: PlanShape) => `${fetches} requests, ${depth} deep`;
