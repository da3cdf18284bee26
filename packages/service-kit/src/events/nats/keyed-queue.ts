/** Work that is done side by side, but for each key one after the other, in the order in which it was added. */
export interface KeyedQueue<T> {
  add(key: string, item: T): void;
  /** Items that have not begun. */
  waiting(): T[];
  /** Takes out the items that have not begun. */
  clear(): T[];
  /** Items that have not ended. */
  readonly size: number;
  /** Resolves once `size` is at most `size`. */
  atMost(size: number): Promise<void>;
}

/** @param work must not reject */
export function keyedQueue<T>(concurrency: number, work: (item: T) => Promise<void>): KeyedQueue<T> {
  /** The waiting items of each key that has any or is running; the first of a running key has not begun. */
  const waitingByKey = new Map<string, T[]>();
  /** Keys with a waiting item and none running. */
  let ready: string[] = [];
  let running = 0;
  let size = 0;
  let waiters: { size: number; resolve: () => void }[] = [];

  async function run(key: string, items: T[], item: T): Promise<void> {
    running++;
    await work(item);
    running--;
    ended(1);
    if (items.length === 0) waitingByKey.delete(key);
    else ready.push(key);
    next();
  }

  function next(): void {
    while (running < concurrency) {
      const key = ready.shift();
      if (key === undefined) return;
      const items = waitingByKey.get(key) ?? [];
      const item = items.shift();
      if (item !== undefined) void run(key, items, item);
    }
  }

  function ended(items: number): void {
    size -= items;
    const satisfied = waiters.filter((waiter) => size <= waiter.size);
    waiters = waiters.filter((waiter) => size > waiter.size);
    for (const { resolve } of satisfied) resolve();
  }

  return {
    add(key, item) {
      size++;
      const items = waitingByKey.get(key);
      if (items !== undefined) items.push(item);
      else {
        waitingByKey.set(key, [item]);
        ready.push(key);
        next();
      }
    },
    waiting: () => [...waitingByKey.values()].flat(),
    clear() {
      const cleared = [...waitingByKey.values()].flatMap((items) => items.splice(0));
      for (const key of ready) waitingByKey.delete(key);
      ready = [];
      ended(cleared.length);
      return cleared;
    },
    get size() {
      return size;
    },
    atMost(limit) {
      if (size <= limit) return Promise.resolve();
      return new Promise((resolve) => waiters.push({ size: limit, resolve }));
    },
  };
}
