/** Above it, answers wait for the event loop about as long as for the subgraph. */
const BUSY = 0.8;

/** Asks whether this process' event loop was busy for most of the time since it was last asked. */
export function loopWatch(): () => boolean {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization > BUSY;
  };
}
