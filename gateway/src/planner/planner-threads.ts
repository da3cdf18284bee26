import { type PlanLimits, PlannerThread } from './planner-thread.ts';

/** As long an idle one waits for another supergraph. */
const IDLE_MS = 30_000;

/**
 * Threads outlive a supergraph: to start one takes longer than to load another supergraph into it. One waits idle, and
 * keeps no process from ending.
 */
export class PlannerThreads {
  readonly #limits: PlanLimits;
  #idle: { readonly thread: PlannerThread; readonly timer: NodeJS.Timeout } | undefined;

  constructor(limits: PlanLimits) {
    this.#limits = limits;
  }

  take(): PlannerThread {
    const idle = this.#idle;
    this.#idle = undefined;
    clearTimeout(idle?.timer);
    if (idle?.thread.isIdle !== true) return new PlannerThread(this.#limits);
    idle.thread.keepsProcess(true);
    return idle.thread;
  }

  /** Of one that nobody needs any more. */
  async give(thread: PlannerThread): Promise<void> {
    if (this.#idle !== undefined || !thread.isIdle) {
      await thread.end();
      return;
    }
    thread.keepsProcess(false);
    const timer = setTimeout(() => {
      this.#idle = undefined;
      void thread.end();
    }, IDLE_MS).unref();
    this.#idle = { thread, timer };
  }
}
