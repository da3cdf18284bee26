import { PRIORITIES, type Priority } from '../overload/priority.ts';

/** Who waits for a plan. A `FetchScope` says it of its request. */
export interface PlanAsker {
  /** By the clock of `performance.now()`: it waits no longer. */
  readonly deadlineMs: number;
  /** Whether it has gone. Default: it has not. */
  readonly departure?: { readonly hasGone: boolean } | undefined;
  /** Default: `normal`. */
  readonly attempts?: { readonly priority: Priority } | undefined;
  /** As `askerOf` tells. Default: one of those of whom nothing is known. */
  readonly asker?: (() => string) | undefined;
}

const GATEWAY = 'gateway';

/** What the gateway plans by itself: known documents, and what was asked for most. */
export const GATEWAY_ITSELF: PlanAsker = {
  deadlineMs: Number.POSITIVE_INFINITY,
  attempts: { priority: 'high' },
  asker: () => GATEWAY,
};

/** Nobody is to wait for having shared what the gateway planned. */
export const isGateway = (who: string): boolean => who === GATEWAY;

/** As `askerOf` tells. */
export const whoOf = ({ asker }: PlanAsker): string => asker?.() ?? '';

export const planPriority = ({ attempts }: PlanAsker): Priority => attempts?.priority ?? 'normal';

/** All who wait for one plan. More may join meanwhile, also who waits for what the plan is a part of. */
export class PlanAskers {
  readonly #members: (PlanAsker | PlanAskers)[];

  constructor(first: PlanAsker | PlanAskers) {
    this.#members = [first];
  }

  add(member: PlanAsker | PlanAskers): void {
    this.#members.push(member);
  }

  /**
   * The first of those with the lowest rank who still wait; undefined: nobody does.
   *
   * @param rank Default: by priority
   */
  first(nowMs = performance.now(), rank = rankOf): PlanAsker | undefined {
    let first: PlanAsker | undefined;
    for (const member of this.#members) {
      const asker = member instanceof PlanAskers ? member.first(nowMs, rank) : waiting(member, nowMs);
      if (asker !== undefined && (first === undefined || rank(asker) < rank(first))) first = asker;
    }
    return first;
  }
}

/** 0: the highest. */
export const rankOf = (asker: PlanAsker): number => PRIORITIES.indexOf(planPriority(asker));

const waiting = (asker: PlanAsker, nowMs: number): PlanAsker | undefined =>
  asker.deadlineMs > nowMs && asker.departure?.hasGone !== true ? asker : undefined;
