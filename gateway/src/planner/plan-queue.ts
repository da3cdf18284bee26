import { type Priority, SHARES } from '../overload/priority.ts';
import { isGateway, type PlanAsker, type PlanAskers, rankOf, whoOf } from './plan-askers.ts';

/** At some 20 ms each, the last of them waits for four seconds. */
const MAX_WAITING = 200;
/** Whoever has had so much of the planner's time in so long comes behind all others, whatever it asks for. */
const MUCH_MS = 1000;
const PERIOD_MS = 10_000;
const BEHIND_ALL = 3;

export interface WaitingPlan {
  readonly askers: PlanAskers;
  /** Of them, who asked first; as `askerOf` tells. */
  readonly who: string;
  /** Called when it is taken out as nobody waits for it. */
  drop(): void;
}

/**
 * Operations that wait to be planned: mutations and known documents first, whoever is signed in, all others; among equals
 * one of each asker in turn. No asker takes more places than are left for others.
 */
export class PlanQueue<T extends WaitingPlan> {
  /** In the order in which equals are taken. */
  #waiting: T[] = [];
  /** By asker, in this period. */
  readonly #usedMs = new Map<string, number>();
  #periodBeganMs = 0;

  /** @returns false where there is no place for it */
  join(plan: T, priority: Priority): boolean {
    if (!this.#hasPlace(plan.who, priority)) {
      this.#dropUnwanted();
      if (!this.#hasPlace(plan.who, priority)) return false;
    }
    this.#waiting.push(plan);
    return true;
  }

  /** Takes the next one out; undefined: there is none that anybody waits for. */
  take(): T | undefined {
    let next: T | undefined;
    let nextRank = Number.POSITIVE_INFINITY;
    for (const [plan, asker] of this.#dropUnwanted()) {
      const rank = this.#rankOf(asker);
      if (rank < nextRank) [next, nextRank] = [plan, rank];
    }
    if (next === undefined) return undefined;
    const { who } = next;
    const rest = this.#waiting.filter((plan) => plan !== next);
    // Its own others go behind all.
    this.#waiting = [...rest.filter((plan) => plan.who !== who), ...rest.filter((plan) => plan.who === who)];
    return next;
  }

  /** One that was taken out has been planned. */
  charge({ who }: T, tookMs: number): void {
    const nowMs = performance.now();
    if (nowMs - this.#periodBeganMs > PERIOD_MS) {
      this.#usedMs.clear();
      this.#periodBeganMs = nowMs;
    }
    if (!isGateway(who)) this.#usedMs.set(who, (this.#usedMs.get(who) ?? 0) + tookMs);
  }

  /** Whoever joins what another one has asked for first is not behind all for that one's use. */
  #rankOf(asker: PlanAsker): number {
    return (this.#usedMs.get(whoOf(asker)) ?? 0) > MUCH_MS ? BEHIND_ALL : rankOf(asker);
  }

  #hasPlace(who: string, priority: Priority): boolean {
    const left = SHARES[priority] * MAX_WAITING - this.#waiting.length;
    return this.#waiting.filter((plan) => plan.who === who).length < left;
  }

  /** @returns those that are left, each with the most important who waits for it */
  #dropUnwanted(): Map<T, PlanAsker> {
    const nowMs = performance.now();
    const wanted = new Map<T, PlanAsker>();
    for (const plan of this.#waiting) {
      const asker = plan.askers.first(nowMs, (one) => this.#rankOf(one));
      if (asker === undefined) plan.drop();
      else wanted.set(plan, asker);
    }
    this.#waiting = [...wanted.keys()];
    return wanted;
  }
}
