import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { type Component, inEntrySpan, type Job, recordActiveFailure, type ServiceKit } from '@tributary/service-kit';

/** One call to the provider that is due, and what follows from its answer. */
export interface Task {
  /** Such as `CAPTURE`. */
  name: string;
  /** Of which payment; undefined where it is of none. */
  paymentId?: string;
  /** How often it was tried, this time included. */
  attempts: number;
  traceparent: string | null;
  perform(): Promise<void>;
  /** Makes it due again after `waitMs`. */
  postpone(waitMs: number): Promise<void>;
}

/** Takes tasks that are due, at most `limit`; those of a worker that died become due again. */
export type LeaseTasks = (limit: number) => Promise<Task[]>;

export interface TaskWorker extends Component {
  /** Looks for tasks now rather than at the next turn of the job. */
  wake(): void;
  job: Job;
  /** Takes nothing new and waits for what has begun. */
  stop(): Promise<void>;
}

const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 60_000;

type Parts = Pick<ServiceKit, 'log' | 'tracer'> & {
  sources: readonly LeaseTasks[];
  concurrency: number;
  pollMs: number;
};

/** Performs tasks, at most `concurrency` at once and a slow one in nobody's way; what fails is tried again for ever. */
export function createTaskWorker({ sources, concurrency, pollMs, log, tracer }: Parts): TaskWorker {
  const active = new Set<Promise<void>>();
  let stopped = false;
  let again = false;
  let looking: Promise<void> | undefined;

  const wake = () => {
    if (stopped) return;
    if (looking !== undefined) {
      again = true;
      return;
    }
    // What the worker does belongs to no request, whoever woke it; each task brings its own trace.
    looking = context
      .with(ROOT_CONTEXT, look)
      .catch((error: unknown) => log.error({ err: error }, 'looking for payment tasks failed'))
      .finally(() => {
        looking = undefined;
        if (!again) return;
        again = false;
        wake();
      });
  };

  async function look(): Promise<void> {
    for (const lease of sources) {
      const free = concurrency - active.size;
      if (stopped || free === 0) return;
      for (const task of await lease(free)) start(task);
    }
  }

  function start(task: Task): void {
    const running = inTrace(task).finally(() => {
      active.delete(running);
      wake();
    });
    active.add(running);
  }

  function inTrace(task: Task): Promise<void> {
    const { name, paymentId, attempts, traceparent } = task;
    const attributes = {
      ...(paymentId === undefined ? {} : { 'payment.id': paymentId }),
      'payment.attempts': attempts,
    };
    return inEntrySpan(tracer, `payment ${name}`, traceparent ?? undefined, { attributes }, () => attempt(task));
  }

  async function attempt(task: Task): Promise<void> {
    const { name, paymentId, attempts } = task;
    try {
      await task.perform();
      log.info({ task: name, payment_id: paymentId, attempts }, 'payment task');
    } catch (error) {
      recordActiveFailure(error);
      log.warn({ task: name, payment_id: paymentId, attempts, err: error }, 'payment task failed; it is tried again');
      const waitMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts - 1, 10));
      // When this fails too, the lease ends by itself.
      await task.postpone(waitMs).catch((cause: unknown) => log.error({ err: cause }, 'payment task not postponed'));
    }
  }

  return {
    name: 'payment tasks',
    wake,
    job: { name: 'perform payment tasks', everyMs: pollMs, run: async () => wake() },
    async stop() {
      stopped = true;
      await looking;
      await Promise.all(active);
    },
  };
}
