import { openSync, readFileSync, writeSync } from 'node:fs';
import type { StepName } from './step-name.ts';

/**
 * What a process is at, written down before it begins and after it ends, straight into a file: what has begun and not
 * ended when the process is killed is what the kill interrupted.
 */
export interface WorkJournal {
  /** @param about `order:<id>`, `payment:<id>` or `key:<customer>/<idempotency key>` */
  begin(about: string): () => void;
  /** An event came again: after a failure or a crash (`redelivered`), or as a copy of one that is known (`repeated`). */
  note(what: Repetition): void;
  /** The process is about to kill itself there. */
  dieAt(step: StepName): void;
}

const REPETITIONS = ['redelivered', 'repeated'] as const;
export type Repetition = (typeof REPETITIONS)[number];

export function openWorkJournal(file: string): WorkJournal {
  const descriptor = openSync(file, 'a');
  let number = 0;
  return {
    begin(about) {
      const id = ++number;
      writeSync(descriptor, `+${id} ${about}\n`);
      return () => void writeSync(descriptor, `-${id}\n`);
    },
    note: (what) => void writeSync(descriptor, `#${what}\n`),
    dieAt: (step) => void writeSync(descriptor, `!${step}\n`),
  };
}

/** What a killed process leaves behind. */
export interface InterruptedWork {
  about: string[];
  /** The named step at which it killed itself; undefined when it was killed from outside. */
  step: StepName | undefined;
}

export function readInterruptedWork(file: string): InterruptedWork {
  const open = new Map<string, string>();
  let step: StepName | undefined;
  for (const line of linesOf(file)) {
    const [mark, rest] = [line[0], line.slice(1)];
    if (mark === '!') step = rest as StepName;
    else if (mark === '-') open.delete(rest);
    else if (mark === '+') open.set(rest.slice(0, rest.indexOf(' ')), rest.slice(rest.indexOf(' ') + 1));
  }
  return { about: [...new Set(open.values())], step };
}

/** How often each kind of repetition stands in the journals. */
export function countRepetitions(files: readonly string[]): Record<Repetition, number> {
  const counts = { redelivered: 0, repeated: 0 };
  for (const file of files) {
    for (const line of linesOf(file)) {
      const repetition = REPETITIONS.find((each) => line === `#${each}`);
      if (repetition !== undefined) counts[repetition]++;
    }
  }
  return counts;
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    // It died before it had opened its journal.
    return [];
  }
}
