import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';

/** The heap of this process, as V8 tells of it. */
export interface Heap {
  /** That of the young generation is in it. */
  readonly limitBytes: number;
  /** Of what has outlived the young generation, with what is garbage by now. */
  usedBytes(): number;
  /**
   * @param listener is called after each full collection, when garbage is next to nothing
   * @returns what ends it
   */
  onCollected(listener: () => void): () => void;
}

const YOUNG: readonly string[] = ['new_space', 'new_large_object_space'];

export const processHeap: Heap = {
  get limitBytes() {
    return getHeapStatistics().heap_size_limit;
  },
  usedBytes() {
    const old = getHeapSpaceStatistics().filter(({ space_name: name }) => !YOUNG.includes(name));
    return old.reduce((sum, { space_used_size: bytes }) => sum + bytes, 0);
  },
  onCollected(listener) {
    const observer = new PerformanceObserver((list) => {
      if (list.getEntries().some(isMajor)) listener();
    });
    observer.observe({ entryTypes: ['gc'] });
    return () => observer.disconnect();
  },
};

/** The types of Node do not know what an entry of `gc` says. */
const isMajor = (entry: PerformanceEntry) =>
  (entry as { readonly detail?: { readonly kind: number } }).detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
