import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';

/** The heap of this process, as V8 tells of it, without its young generation. */
export interface Heap {
  readonly limitBytes: number;
  /** With what is garbage by now. */
  usedBytes(): number;
  /**
   * @param listener is called after each full collection, when garbage is next to nothing
   * @returns what ends it
   */
  onCollected(listener: () => void): () => void;
}

const YOUNG: readonly string[] = ['new_space', 'new_large_object_space'];
const MIB = 1024 ** 2;
const SEMI_SPACE_FLAG = /--max[-_]semi[-_]space[-_]size=(\d+)/g;
/** In MiB, of Node for a large machine; where it is less, somewhat less is allowed than could be. */
const DEFAULT_SEMI_SPACE = 64;

/** V8 has one limit for both generations, and the young one is three semi-spaces of it. Only the flag says how large they are. */
function youngBytes(): number {
  const flags = `${process.env.NODE_OPTIONS ?? ''} ${process.execArgv.join(' ')}`;
  const [, semiSpace = DEFAULT_SEMI_SPACE] = [...flags.matchAll(SEMI_SPACE_FLAG)].at(-1) ?? [];
  return 3 * Number(semiSpace) * MIB;
}

export const processHeap: Heap = {
  limitBytes: getHeapStatistics().heap_size_limit - youngBytes(),
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
