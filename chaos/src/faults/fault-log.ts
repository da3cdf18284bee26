import type { StepName } from '../steps/step-name.ts';

export const FAULT_KINDS = [
  /** A process killed itself, or was killed, at a named step. */
  'killed at a step',
  /** A process was killed at any moment. */
  'killed at random',
  'broker killed',
  'database crashed',
  /** The server ended a service's connection that was in a statement or a transaction. */
  'database connection lost at work',
  'database connection lost when idle',
  /** All of a process's connections to the broker were reset: it has one. */
  'broker connection lost',
  /** The connection of a call to the provider was lost before the provider had it. */
  'provider call lost',
  /** The same once the provider had acted. */
  'provider answer lost',
  /** A copy of an event was published, later and in another order. */
  'event copied',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  kind: FaultKind;
  at: Date;
  /** Process, application, event type, or what was away. */
  target: string;
  step?: StepName;
  /** What the killed process was at, or the lost call about: `order:<id>`, `payment:<id>`, `key:<customer>/<key>`. */
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

/** How many there were beside the copies of events. */
export const injectedFaults = ({ faults }: Pick<FaultLog, 'faults'>): number =>
  faults.filter(({ kind }) => kind !== 'event copied').length;

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
