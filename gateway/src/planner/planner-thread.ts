import { Worker } from 'node:worker_threads';
import type { QueryPlan } from '@apollo/query-planner';
import type { PlanCommand, PlannerCommand, PlannerReport } from './planner-messages.ts';
import { PlanningError } from './planning-error.ts';

export interface PlanLimits {
  /** Of the thread's CPU, for one plan; building the planner does not count. */
  readonly timeMs: number;
  /** Of the planner's heap, the supergraph in it. */
  readonly heapMiB: number;
}

/**
 * Once the heap is full, Node gives 16 MiB more to the collection that is under way. If that moves more than so much out of
 * the young generation, V8 ends not the thread but the process.
 */
const YOUNG_HEAP_MIB = 6;

const TOO_COMPLEX = 'The operation is too complex to be planned.';
const NOT_PLANNED = 'The operation cannot be planned.';

/** A worker that plans for one supergraph at a time, one operation at a time. Once it is broken, it plans no more. */
export class PlannerThread {
  readonly #worker: Worker;
  readonly #limits: PlanLimits;
  /** Comes when the supergraph is loaded. */
  #ready: Promise<string> = Promise.resolve('');
  #report: PromiseWithResolvers<PlannerReport> | undefined;
  #broken: PlanningError | undefined;
  #isBusy = false;

  constructor(limits: PlanLimits) {
    this.#limits = limits;
    this.#worker = new Worker(new URL('./planner-worker.ts', import.meta.url), {
      name: 'planner',
      // Not the process's own: what that loads before its program is nothing to a planner.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: limits.heapMiB, maxYoungGenerationSizeMb: YOUNG_HEAP_MIB },
    });
    this.#worker.on('message', (report: PlannerReport) => {
      this.#isBusy = false;
      this.#report?.resolve(report);
    });
    this.#worker.once('error', (cause: NodeJS.ErrnoException) => {
      const isTooMuch = cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
      this.#break(new PlanningError(isTooMuch ? 'limit' : 'failed', isTooMuch ? TOO_COMPLEX : NOT_PLANNED, { cause }));
    });
    this.#worker.once('exit', () => this.#break(new PlanningError('closed', 'The planner was closed.')));
  }

  get isOver(): boolean {
    return this.#broken !== undefined;
  }

  get isIdle(): boolean {
    return this.#broken === undefined && !this.#isBusy;
  }

  /**
   * Another supergraph takes the place of the one before. Gives the schema that clients see of it.
   *
   * @throws PlanningError for a supergraph that no planner can be built for.
   */
  load(supergraphSdl: string): Promise<string> {
    this.#ready = this.#ask({ kind: 'load', supergraphSdl }).then((report) => {
      if (report.kind === 'loaded') return report.apiSchemaSdl;
      throw this.#failed(report);
    });
    // It may break while nobody waits for it.
    this.#ready.catch(() => {});
    return this.#ready;
  }

  /**
   * To be called again only after it has answered.
   *
   * @throws PlanningError
   */
  async plan(command: PlanCommand): Promise<QueryPlan> {
    // Already now, so that it is not given to others meanwhile.
    this.#isBusy = true;
    await this.#ready;
    const asked = this.#ask({ kind: 'plan', command });
    const withdraw = this.#limitTime();
    const report = await asked.finally(withdraw);
    if (report.kind === 'planned') return report.plan;
    throw this.#failed(report);
  }

  /**
   * The schema that clients of a version line see. To be called again only after it has answered.
   *
   * @throws PlanningError where something of the line needs what is not in it
   */
  async cut(major: number): Promise<string> {
    this.#isBusy = true;
    await this.#ready;
    const report = await this.#ask({ kind: 'cut', major });
    if (report.kind === 'cut') return report.apiSchemaSdl;
    throw this.#failed(report);
  }

  /** Whether the process waits for it before it ends. */
  keepsProcess(keeps: boolean): void {
    if (keeps) this.#worker.ref();
    else this.#worker.unref();
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  /** By the clock, whoever else is busy on the machine would decide what is too complex. */
  #limitTime(): () => void {
    const { timeMs } = this.#limits;
    const before = this.#usedMs();
    let timer: NodeJS.Timeout | undefined;
    const check = async () => {
      const leftMs = timeMs - ((await this.#usedMs()) - (await before));
      if (timer === undefined) return;
      if (leftMs > 0) timer = setTimeout(check, Math.ceil(leftMs));
      else {
        this.#break(new PlanningError('limit', TOO_COMPLEX));
        void this.#worker.terminate();
      }
    };
    timer = setTimeout(check, timeMs);
    return () => {
      clearTimeout(timer);
      timer = undefined;
    };
  }

  /** Of its CPU. A thread that has ended has used all that it ever will: nobody waits for it. */
  #usedMs(): Promise<number> {
    return this.#worker.cpuUsage().then(
      ({ user, system }) => (user + system) / 1000,
      () => Number.POSITIVE_INFINITY,
    );
  }

  async #ask(command: PlannerCommand): Promise<PlannerReport> {
    if (this.#broken !== undefined) throw this.#broken;
    this.#isBusy = true;
    this.#report = Promise.withResolvers();
    this.#worker.postMessage(command);
    return this.#report.promise;
  }

  #failed(report: PlannerReport): PlanningError {
    const cause = new Error('message' in report ? report.message : `answered with ${report.kind}`);
    return report.kind === 'refused'
      ? new PlanningError('limit', TOO_COMPLEX, { cause })
      : new PlanningError('failed', NOT_PLANNED, { cause });
  }

  #break(error: PlanningError): void {
    this.#broken ??= error;
    this.#report?.reject(error);
  }
}
