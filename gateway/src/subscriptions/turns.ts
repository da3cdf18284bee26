import { type KeyedQueue, keyedQueue } from '@tributary/service-kit';

type Work = () => Promise<void>;

/** Events that are completed at the same time in one lane. Whoever queries has precedence. */
const AT_ONCE = 32;

/**
 * What is done for groups, for each one after the other. Those that ask the same subgraphs are a lane: where one of these
 * is slow, nobody waits but who asks it.
 *
 * There is no bound on all lanes together: each has its `AT_ONCE`, each work the deadline of what it asks, and those who
 * subscribe their limits.
 */
export class Turns {
  readonly #lanes = new Map<string, KeyedQueue<Work>>();

  /**
   * @param lane the subgraphs that it asks
   * @param key of what is done in its order
   * @param work must not reject
   */
  add(lane: string, key: string, work: Work): void {
    const known = this.#lanes.get(lane);
    const queue = known ?? keyedQueue<Work>(AT_ONCE, (each) => each());
    this.#lanes.set(lane, queue);
    queue.add(key, work);
    if (known === undefined) void this.#giveBack(lane, queue);
  }

  /** In which something is to be done. */
  get lanes(): number {
    return this.#lanes.size;
  }

  /** Resolves once all of it is done. */
  async done(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.atMost(0)));
  }

  /** Once it is empty: there are as many combinations of subgraphs as clients think of. */
  async #giveBack(lane: string, queue: KeyedQueue<Work>): Promise<void> {
    while (queue.size > 0) await queue.atMost(0);
    this.#lanes.delete(lane);
  }
}
