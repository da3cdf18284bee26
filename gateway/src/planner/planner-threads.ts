import { type PlanLimits, PlannerThread } from './planner-thread.ts';

/** As long an idle one waits for another supergraph. */
const IDLE_MS = 30_000;

/** Threads outlive a supergraph: to start one takes longer than to load another supergraph into it. One waits idle. */
export class PlannerThreads {
  readonly #limits: PlanLimits;
  #idle: { readonly thread: PlannerThread; readonly timer: NodeJS.Timeout } | undefined;
  #isClosed = false;

  constructor(limits: PlanLimits) {
    this.#limits = limits;
  }

  take(): PlannerThread {
    const idle = this.#idle;
    this.#idle = undefined;
    clearTimeout(idle?.timer);
    return idle?.thread.isIdle === true ? idle.thread : new PlannerThread(this.#limits);
  }

  /** Of one that nobody needs any more. */
  async give(thread: PlannerThread): Promise<void> {
    if (this.#isClosed || this.#idle !== undefined || !thread.isIdle) {
      await thread.end();
      return;
    }
    const timer = setTimeout(() => {
      this.#idle = undefined;
      void thread.end();
    }, IDLE_MS).unref();
    this.#idle = { thread, timer };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const idle = this.#idle;
    this.#idle = undefined;
    clearTimeout(idle?.timer);
    await idle?.thread.end();
  }
}
