import { Worker } from 'node:worker_threads';
import type { QueryPlan } from '@apollo/query-planner';
import type { PlanCommand, PlannerReport, PlannerWorkerData } from './planner-messages.ts';
import { PlanningError } from './planning-error.ts';

export interface PlanLimits {
  /** Of one plan; building the planner does not count. */
  readonly timeMs: number;
  /** Of the planner's heap, the supergraph in it. */
  readonly heapMiB: number;
}

const TOO_COMPLEX = 'The operation is too complex to be planned.';
const NOT_PLANNED = 'The operation cannot be planned.';

/** A worker that plans for one supergraph, one operation at a time. Once it is broken, it plans no more. */
export class PlannerThread {
  /** The schema that clients see. Rejects with PlanningError for a supergraph that no planner can be built for. */
  readonly ready: Promise<string>;
  readonly #worker: Worker;
  readonly #limits: PlanLimits;
  #report = Promise.withResolvers<PlannerReport>();
  #isOver = false;

  constructor(data: PlannerWorkerData, limits: PlanLimits) {
    this.#limits = limits;
    this.#worker = new Worker(new URL('./planner-worker.ts', import.meta.url), {
      name: 'planner',
      workerData: data,
      // Not the process's own: what that loads before its program is nothing to a planner.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: limits.heapMiB },
    });
    this.#worker.on('message', (report: PlannerReport) => this.#report.resolve(report));
    this.#worker.once('error', (cause: NodeJS.ErrnoException) => {
      const isTooMuch = cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
      this.#break(new PlanningError(isTooMuch ? 'limit' : 'failed', isTooMuch ? TOO_COMPLEX : NOT_PLANNED, { cause }));
    });
    this.#worker.once('exit', () => this.#break(new PlanningError('closed', 'The planner was closed.')));
    this.ready = this.#report.promise.then((report) => (report.kind === 'ready' ? report.apiSchemaSdl : ''));
    // It may break while nobody waits for it.
    this.ready.catch(() => {});
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * To be called again only after it has answered.
   *
   * @throws PlanningError
   */
  async plan(command: PlanCommand): Promise<QueryPlan> {
    await this.ready;
    this.#report = Promise.withResolvers();
    this.#worker.postMessage(command);
    const timer = setTimeout(() => {
      this.#break(new PlanningError('limit', TOO_COMPLEX));
      void this.#worker.terminate();
    }, this.#limits.timeMs);
    const report = await this.#report.promise.finally(() => clearTimeout(timer));
    if (report.kind === 'planned') return report.plan;
    const cause = new Error(report.kind === 'ready' ? 'started twice' : report.message);
    if (report.kind === 'refused') throw new PlanningError('limit', TOO_COMPLEX, { cause });
    throw new PlanningError('failed', NOT_PLANNED, { cause });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #break(error: PlanningError): void {
    this.#isOver = true;
    this.#report.reject(error);
  }
}
