import { CodedError, type Logger } from '@tributary/service-kit';
import type { Engine } from '../engine/engine.ts';
import { inTime } from '../in-time.ts';
import { othersFirst } from '../others-first.ts';
import type { LiveGroup } from './live-group.ts';

export interface GroupMovesParts {
  engine: Engine;
  /** Those that go on. */
  groups(): readonly LiveGroup[];
  /** In which one group is moved. */
  deadlineMs: number;
  /** It is on the current generation now, or over. */
  moved(group: LiveGroup): void;
  log: Logger;
}

/** Groups that move at the same time: it is mostly waiting, for a planner thread or a subgraph. */
const AT_ONCE = 8;
/** What has not moved in so long ends, and with it the last use of the generations before. */
const MOVED_WITHIN_MS = 5 * 60_000;

/**
 * Moves groups to the generation that has taken over, behind requests that wait: there may be thousands. A subgraph that
 * does not answer holds up its own subscribers alone, and not for longer than all of it may take.
 */
export class GroupMoves {
  readonly #parts: GroupMovesParts;
  #moving: Promise<void> = Promise.resolve();
  /** It is going to begin: whoever is left behind now is moved then. */
  #isAwaited = false;
  #isStopped = false;

  constructor(parts: GroupMovesParts) {
    this.#parts = parts;
  }

  /** Moves all that are not on the current generation. */
  begin(): void {
    if (this.#isAwaited) return;
    this.#isAwaited = true;
    this.#moving = this.#moving.then(() => {
      this.#isAwaited = false;
      return this.#moveAll();
    });
  }

  /** Resolves once no more are moved. */
  stop(): Promise<void> {
    this.#isStopped = true;
    return this.#moving;
  }

  async #moveAll(): Promise<void> {
    const untilMs = performance.now() + MOVED_WITHIN_MS;
    const silent = new Set<string | undefined>();
    const putOff: LiveGroup[] = [];
    await this.#sideBySide(this.#parts.groups(), async (group) => {
      if (silent.has(group.subgraph)) putOff.push(group);
      else if (!(await this.#moveInTime(group, untilMs))) silent.add(group.subgraph);
    });
    await this.#sideBySide(putOff, async (group) => void (await this.#moveInTime(group, untilMs)));
  }

  async #sideBySide(groups: readonly LiveGroup[], move: (group: LiveGroup) => Promise<void>): Promise<void> {
    // They take from it in turn.
    const left = groups.values();
    const some = Array.from({ length: AT_ONCE }, async () => {
      for (const group of left) {
        if (this.#isStopped) return;
        if (group.isOver || group.generation === this.#parts.engine.current) continue;
        await move(group);
      }
    });
    await Promise.all(some);
  }

  /** @returns whether it was moved in time, or is over for another reason */
  async #moveInTime(group: LiveGroup, untilMs: number): Promise<boolean> {
    const ms = Math.min(this.#parts.deadlineMs, untilMs - performance.now());
    const moving = group.opened.catch(() => {}).then(() => this.#move(group));
    await othersFirst();
    if (ms > 0 && (await inTime(moving, ms))) return true;
    group.end('failed', new CodedError('SUBSCRIPTION_UNAVAILABLE'));
    return false;
  }

  /** Does not reject. */
  async #move(group: LiveGroup): Promise<true> {
    try {
      await group.moveTo(this.#parts.engine.current);
      this.#parts.moved(group);
    } catch (error) {
      // Not foreseen. It is the end of this one; the others move on, and the process lives.
      this.#parts.log.error({ request_id: group.request.requestId, err: error }, 'a subscription failed to move');
      group.end('failed', new CodedError('SUBSCRIPTION_UNAVAILABLE'));
    }
    return true;
  }
}
