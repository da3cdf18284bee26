import { Script } from 'node:vm';

const WORK = Symbol.for('tributary.oracle.work');
const script = new Script(`globalThis[Symbol.for('${Symbol.keyFor(WORK)}')]()`);

/**
 * What `work` returns, which runs in this thread, and is broken off when it takes longer. What it worked on may be half
 * done then.
 *
 * @returns undefined when it was broken off
 */
export function withinTime<T extends object>(timeMs: number, work: () => T): T | undefined {
  const scope = globalThis as { [WORK]?: () => T };
  scope[WORK] = work;
  try {
    return script.runInThisContext({ timeout: timeMs });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
    throw error;
  } finally {
    delete scope[WORK];
  }
}
