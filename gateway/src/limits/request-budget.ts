import type { ExecutionLimits } from './execution-limits.ts';
import type { CountLimit } from './limit-counter.ts';
import type { LimitName } from './limit-exceeded.ts';

/** What one request has left of the entities that it may ask subgraphs for, and of the bytes that they may answer. */
export class RequestBudget {
  readonly #count: CountLimit;
  #entities: number;
  #bytes: number;
  /** The limit that it met; the first, where there were two. */
  exceeded: LimitName | undefined;

  constructor({ entities, subgraphBytes }: ExecutionLimits, count: CountLimit) {
    this.#entities = entities;
    this.#bytes = subgraphBytes;
    this.#count = count;
  }

  /** Nothing that a subgraph could still answer would be read. */
  get isSpent(): boolean {
    return this.#bytes < 0;
  }

  /** Whether they may be asked for. Those that may not are not counted. */
  takeEntities(count: number): boolean {
    if (count <= this.#entities) {
      this.#entities -= count;
      return true;
    }
    this.#exceed('entities');
    return false;
  }

  /** Whether they may be read. After the first that may not, none may. */
  takeBytes(count: number): boolean {
    if (this.#bytes >= count) {
      this.#bytes -= count;
      return true;
    }
    if (this.#bytes >= 0) this.#exceed('subgraph_bytes');
    this.#bytes = -1;
    return false;
  }

  #exceed(limit: LimitName): void {
    if (this.exceeded === limit) return;
    this.exceeded ??= limit;
    this.#count(limit);
  }
}
