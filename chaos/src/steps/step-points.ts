import type { StepName } from './step-name.ts';
import type { WorkJournal } from './work-journal.ts';

/** What the runner sends to a process: the steps at which it is to kill itself from now on. */
export interface ArmMessage {
  arm: StepName[];
}

/** The places in a process at which it can be killed. Nothing is armed until the runner says so. */
export interface StepPoints {
  /** Does not return where the step is armed: the process is gone. */
  pass(step: StepName): void;
}

export function listenForArms(journal: WorkJournal): StepPoints {
  let armed: ReadonlySet<StepName> = new Set();
  process.on('message', (message: ArmMessage) => {
    armed = new Set(message.arm);
  });
  // Without a runner there is nobody to be tested for.
  process.on('disconnect', () => process.exit(1));
  return {
    pass(step) {
      if (!armed.has(step)) return;
      journal.dieAt(step);
      process.kill(process.pid, 'SIGKILL');
    },
  };
}
