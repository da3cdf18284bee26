/** What the gateway's process holds at one moment, from its `/metrics`. */
export interface Reading {
  atMs: number;
  residentMiB: number;
  heapMiB: number;
  openFiles: number;
  /** Pending time-outs and intervals. */
  timers: number;
  /** The longest of a hundred turns of the event loop since the process began. */
  loopP99Ms: number;
}

/** What is left right after a collection of garbage. */
export interface LiveReading {
  /** Since the load began. */
  atMs: number;
  heapMiB: number;
  /** What objects of the heap hold outside of it, buffers above all. */
  outsideMiB: number;
}

const MIB = 1024 ** 2;

export async function readProcess(adminUrl: string): Promise<Reading> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  const find = (name: string, labels = '') => new RegExp(`^${name}{[^}]*${labels}[^}]*} (.*)$`, 'm').exec(text)?.[1];
  const value = (name: string) => {
    const found = find(name);
    if (found === undefined) throw new Error(`/metrics has no ${name}`);
    return Number(found);
  };
  return {
    atMs: performance.now(),
    residentMiB: value('process_resident_memory_bytes') / MIB,
    heapMiB: value('nodejs_heap_size_used_bytes') / MIB,
    openFiles: value('process_open_fds'),
    // Not there while there are none.
    timers: Number(find('nodejs_active_resources', 'type="Timeout"') ?? 0),
    loopP99Ms: value('nodejs_eventloop_lag_p99_seconds') * 1000,
  };
}
