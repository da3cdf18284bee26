import type { StepName } from '../steps/step-name.ts';

export const FAULT_KINDS = [
  /** A process killed itself, or was killed, at a named step. */
  'killed at a step',
  /** A process was killed at any moment. */
  'killed at random',
  'broker killed',
  'database crashed',
  /** A copy of an event was published, later and in another order. */
  'event copied',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  kind: FaultKind;
  at: Date;
  /** Process, event type, or nothing. */
  target: string;
  step?: StepName;
  /** What the killed process was at: `order:<id>`, `payment:<id>`, `key:<customer>/<key>`. */
  interrupted: readonly string[];
}

/** A time in which something was not there. */
export interface Outage {
  of: string;
  from: Date;
  /** Undefined while it lasts. */
  to?: Date;
}

/** What was done to the graph. */
export interface FaultLog {
  readonly faults: readonly Fault[];
  readonly outages: readonly Outage[];
  add(kind: FaultKind, target: string, rest?: { step?: StepName; interrupted?: readonly string[] }): void;
  /** Begins an outage; the returned function ends it. */
  begin(of: string): () => void;
}

export function createFaultLog(): FaultLog {
  const faults: Fault[] = [];
  const outages: Outage[] = [];
  return {
    faults,
    outages,
    add: (kind, target, { step, interrupted = [] } = {}) =>
      void faults.push({ kind, at: new Date(), target, interrupted, ...(step === undefined ? {} : { step }) }),
    begin(of) {
      const outage: Outage = { of, from: new Date() };
      outages.push(outage);
      return () => {
        outage.to = new Date();
      };
    },
  };
}
