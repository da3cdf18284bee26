import type { SupergraphManager } from '@apollo/gateway';
import { ConfigError, type Logger, type Metrics } from '@tributary/service-kit';
import { PlanningError } from '../planner/planning-error.ts';
import type { LastGoodFile } from '../sources/last-good-file.ts';
import type { Engine } from './engine.ts';
import type { Generation } from './generation.ts';
import type { PlanCheck } from './plan-check.ts';
import type { RollbackWatch, Worsening } from './rollback-watch.ts';

export interface SupergraphUpdatesParts {
  engine: Engine;
  /** Where the supergraph that serves is kept for a start without its source. */
  lastGood: LastGoodFile | undefined;
  /** Compares the plans of known documents before a supergraph takes over. */
  planCheck: PlanCheck | undefined;
  /** Says when requests fail more often after a swap. */
  rollback: RollbackWatch | undefined;
  /** Called with each generation that takes over, in the same turn. */
  adopted: (generation: Generation) => void;
  log: Logger;
  metrics: Metrics;
}

type Hooks = Parameters<SupergraphManager['initialize']>[0];

/** Longer reasons (a list of all that is wrong with a supergraph) are cut. */
const MAX_REASON = 1000;

const OUTCOMES = ['adopted', 'refused', 'unchanged', 'rolled_back'];

/** The supergraphs that a manager gives, one after the other: each is adopted or refused, and may be taken back. */
export class SupergraphUpdates {
  readonly #parts: SupergraphUpdatesParts;
  #turn: Promise<unknown> = Promise.resolve();
  /** Not to be tried again. */
  #rolledBack: string | undefined;
  #cleanup: (() => Promise<void>) | undefined;
  #isStopped = false;

  constructor(parts: SupergraphUpdatesParts) {
    this.#parts = parts;
    const { metrics } = parts;
    for (const outcome of OUTCOMES) metrics.counter('graph_supergraph_updates_total', { outcome });
    // It is there, as 0, from now on.
    metrics.get('graph_supergraph_is_last_good');
  }

  /**
   * Adopts the manager's first supergraph, or the last good one where that cannot be used.
   *
   * @throws Error when there is none that can be used.
   */
  async start(manager: SupergraphManager, hooks: Omit<Hooks, 'update'>): Promise<void> {
    const started = Promise.withResolvers<void>();
    this.#turn = started.promise;
    try {
      const update = (supergraphSdl: string) => this.#offer(supergraphSdl);
      const { supergraphSdl, cleanup } = await manager.initialize({ ...hooks, update });
      this.#cleanup = cleanup;
      await this.#first(supergraphSdl);
      started.resolve();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** What is offered from now on is not taken. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#parts.rollback?.end();
    await this.#cleanup?.();
    this.#cleanup = undefined;
  }

  async #first(supergraphSdl: string): Promise<void> {
    const { engine, lastGood, log, metrics } = this.#parts;
    const kept = lastGood?.read();
    try {
      this.#adopt(await engine.prepare(supergraphSdl));
    } catch (error) {
      this.#refused(error);
      if (kept === undefined || kept === supergraphSdl) throw new ConfigError(reasonOf(error), { cause: error });
      this.#adopt(await engine.prepare(kept));
      metrics.get('graph_supergraph_is_last_good').set(1);
      log.warn({ file: lastGood?.path }, 'the last good supergraph serves: its source has none that can be used');
    }
    metrics.get('graph_supergraph_updates_total').inc({ outcome: 'adopted' });
    await this.#keep();
  }

  /**
   * @throws ConfigError at once for what is no supergraph, as a manager may want to know. All else that is wrong with it
   *   shows later.
   */
  #offer(supergraphSdl: string): void {
    if (this.#isStopped) return;
    try {
      this.#parts.engine.check(supergraphSdl);
    } catch (error) {
      this.#refused(error);
      throw error;
    }
    this.#turn = this.#turn.then(() => this.#take(supergraphSdl));
  }

  async #take(supergraphSdl: string): Promise<void> {
    if (this.#isStopped) return;
    const { engine, planCheck, rollback, metrics, log } = this.#parts;
    if (supergraphSdl === engine.current.candidate.supergraphSdl) {
      metrics.get('graph_supergraph_updates_total').inc({ outcome: 'unchanged' });
      metrics.get('graph_supergraph_is_last_good').set(0);
      return;
    }
    try {
      if (supergraphSdl === this.#rolledBack) throw new ConfigError('It was rolled back, and has not changed since.');
      const generation = await engine.prepare(supergraphSdl);
      await planCheck?.compare(engine.current, generation).catch((error) => {
        generation.retire();
        throw error;
      });
      // Not earlier: meanwhile the one before it may have been rolled back.
      const before = engine.current.enter();
      this.#adopt(generation);
      rollback?.begin(before, generation, (worsening) => this.#rollBack(before, worsening));
      before.leave();
      metrics.get('graph_supergraph_updates_total').inc({ outcome: 'adopted' });
      metrics.get('graph_supergraph_is_last_good').set(0);
      log.info('a new supergraph serves');
    } catch (error) {
      if (!this.#isStopped) this.#refused(error);
      return;
    }
    await this.#keep();
  }

  #adopt(generation: Generation): void {
    this.#parts.engine.adopt(generation);
    this.#parts.adopted(generation);
  }

  #rollBack(before: Generation, worsening: Worsening): void {
    const { engine, log, metrics } = this.#parts;
    this.#rolledBack = engine.current.candidate.supergraphSdl;
    this.#adopt(before);
    metrics.get('graph_supergraph_updates_total').inc({ outcome: 'rolled_back' });
    log.error(worsening, 'more requests fail since the new supergraph serves: the one before it is back');
    this.#turn = this.#turn.then(() => this.#keep());
  }

  #refused(error: unknown): void {
    const { log, metrics } = this.#parts;
    metrics.get('graph_supergraph_updates_total').inc({ outcome: 'refused' });
    log.error({ reason: reasonOf(error) }, 'supergraph refused: it is not used');
  }

  async #keep(): Promise<void> {
    const { engine, lastGood, log } = this.#parts;
    try {
      await lastGood?.write(engine.current.candidate.supergraphSdl);
    } catch (error) {
      log.warn({ file: lastGood?.path, err: error }, 'the supergraph that serves could not be kept');
    }
  }
}

/** What is wrong with a supergraph, for its operator. */
function reasonOf(error: unknown): string {
  const told = error instanceof PlanningError ? (error.cause ?? error) : error;
  return told instanceof Error ? told.message.slice(0, MAX_REASON) : 'unknown';
}
