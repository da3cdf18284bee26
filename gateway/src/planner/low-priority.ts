import { constants, getPriority, setPriority } from 'node:os';

/** Gives this thread (on Linux; elsewhere the process) less of the processor than others get. One that has less keeps that. */
export function takeLowPriority(): void {
  if (getPriority() < constants.priority.PRIORITY_BELOW_NORMAL) setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
}
