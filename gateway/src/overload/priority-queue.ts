import { PRIORITIES, type Priority } from './priority.ts';

/** Who waits, by priority and then in the order in which they came. Joining, leaving and taking take no longer in a long one. */
export class PriorityQueue<T> {
  // A Set keeps the order, and gives up members from anywhere.
  readonly #waiting: Readonly<Record<Priority, Set<T>>> = { high: new Set(), normal: new Set(), low: new Set() };
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Those who are taken before whoever joins with that priority. */
  ahead(priority: Priority): number {
    let ahead = 0;
    for (const each of PRIORITIES) {
      ahead += this.#waiting[each].size;
      if (each === priority) break;
    }
    return ahead;
  }

  join(member: T, priority: Priority): void {
    this.#waiting[priority].add(member);
    this.#length++;
  }

  /** It does not wait any longer. */
  leave(member: T, priority: Priority): void {
    if (this.#waiting[priority].delete(member)) this.#length--;
  }

  /** The first of those with that priority. */
  first(priority: Priority): T | undefined {
    for (const member of this.#waiting[priority]) return member;
    return undefined;
  }

  /** Takes the next one out. */
  take(): T | undefined {
    if (this.#length === 0) return undefined;
    for (const priority of PRIORITIES) {
      const member = this.first(priority);
      if (member === undefined) continue;
      this.leave(member, priority);
      return member;
    }
    return undefined;
  }
}
