import type { Random } from '../random.ts';
import { POSITIONS, type StepName } from '../steps/step-name.ts';
import type { FaultLog } from './fault-log.ts';

/** Loses calls to the provider, or its answers, while faults go on. */
export interface CallLoser {
  start(): void;
  stop(): void;
  /** Whether the call that is at `step` is lost there; then it is written down. */
  loses(caller: string, step: StepName, about: string): boolean;
}

/** @param chance that a call is lost, at each of its two steps: before the provider has it, and before its answer is read */
export function createCallLoser(chance: number, random: Random, log: FaultLog): CallLoser {
  let active = false;
  return {
    start() {
      active = true;
    },
    stop() {
      active = false;
    },
    loses(caller, step, about) {
      if (!active || !random.chance(chance)) return false;
      const answered = step.endsWith(POSITIONS.afterProvider);
      // Which payment a call is about stands in it: the order has met this fault.
      log.add(answered ? 'provider answer lost' : 'provider call lost', caller, { interrupted: [about] });
      return true;
    },
  };
}
