import { type KeyedQueue, keyedQueue } from '@tributary/service-kit';

type Work = () => Promise<void>;

/** Events that are completed at the same time in one lane. Whoever queries has precedence. */
const AT_ONCE = 32;

/**
 * What is done for groups, for each one after the other. Those that ask the same subgraphs are a lane: where one of these
 * is slow, nobody waits but who asks it.
 */
export class Turns {
  readonly #lanes = new Map<string, KeyedQueue<Work>>();

  /**
   * @param lane the subgraphs that it asks
   * @param key of what is done in its order
   * @param work must not reject
   */
  add(lane: string, key: string, work: Work): void {
    const queue = this.#lanes.get(lane) ?? keyedQueue<Work>(AT_ONCE, (each) => each());
    this.#lanes.set(lane, queue);
    queue.add(key, work);
  }

  /** Resolves once all of it is done. */
  async done(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.atMost(0)));
  }
}
