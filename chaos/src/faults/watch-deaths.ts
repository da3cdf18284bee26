import type { GraphProcesses } from '../graph/graph-processes.ts';
import type { ManagedProcess } from '../graph/managed-process.ts';
import type { StepName } from '../steps/step-name.ts';
import { readInterruptedWork } from '../steps/work-journal.ts';
import type { FaultLog } from './fault-log.ts';
import type { StepKiller } from './kill-at-steps.ts';

export interface DeathWatch {
  /** A process is about to be killed from outside, but at a named step, at which it worked for `about`. */
  expect(process: ManagedProcess, step: StepName, about: string): void;
  /** Processes that ended by themselves, and how often. */
  readonly endedAlone: ReadonlyMap<string, number>;
}

/** Writes every death down: where it was, what it interrupted, and until when the process was away. */
export function watchDeaths(graph: GraphProcesses, log: FaultLog, killer: StepKiller): DeathWatch {
  const expected = new Map<ManagedProcess, { step: StepName; about: string }>();
  const endedAlone = new Map<string, number>();
  const outages = new Map<ManagedProcess, () => void>();

  for (const process of graph.processes) {
    process.onReady(() => {
      outages.get(process)?.();
      outages.delete(process);
    });
    process.onDeath(({ start, killed }) => {
      if (!outages.has(process)) outages.set(process, log.begin(process.name));
      if (!killed) {
        endedAlone.set(process.name, (endedAlone.get(process.name) ?? 0) + 1);
        return;
      }
      const work = readInterruptedWork(graph.journalOf(process.name, start));
      const fromOutside = expected.get(process);
      expected.delete(process);
      const step = fromOutside?.step ?? work.step;
      const interrupted = fromOutside === undefined ? work.about : [...work.about, fromOutside.about];
      if (step === undefined) return log.add('killed at random', process.name, { interrupted });
      killer.hit(process, step);
      log.add('killed at a step', process.name, { step, interrupted });
    });
  }
  return { expect: (process, step, about) => void expected.set(process, { step, about }), endedAlone };
}
