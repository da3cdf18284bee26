import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Load, LoadOptions } from './generate-load.ts';

export interface LoadThread extends AsyncDisposable {
  /** @throws Error when a request has not got its answer */
  generate(options: LoadOptions): Promise<Load>;
}

/** Load from a thread of its own, so that nothing of what the benchmark does beside it delays a request. */
export function startLoadThread(): LoadThread {
  const worker = new Worker(new URL('load-thread.ts', import.meta.url));
  return {
    async generate(options) {
      const answer = once(worker, 'message');
      worker.postMessage(options);
      const [result] = await answer;
      if (result instanceof Error) throw result;
      return result;
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
