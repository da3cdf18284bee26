import type { Logger } from '../log/logger.ts';
import type { Component } from './lifecycle.ts';

export interface Job {
  name: string;
  everyMs: number;
  run(): Promise<unknown>;
}

/** Runs a job again and again, never twice at once; a failure is logged and the next turn comes as planned. */
export function periodicJob(job: Job, log: Logger): Component {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> | undefined;
  const turn = () => {
    running ??= Promise.resolve()
      .then(() => job.run())
      .catch((error: unknown) => log.error({ job: job.name, err: error }, 'job failed'))
      .finally(() => {
        running = undefined;
      });
  };
  return {
    name: `job ${job.name}`,
    start() {
      timer = setInterval(turn, job.everyMs);
    },
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
