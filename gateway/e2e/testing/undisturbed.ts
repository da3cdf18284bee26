/** 4 to 8 % on a machine that is calm: garbage collections use all processors. */
const MOST_LOST = 0.2;
const MOST_AGAIN = 5;

/** From now on, of the time in which this thread had something to do, that in which others had the processor: 0 to 1. */
function lostShare(): () => number {
  const loop = performance.eventLoopUtilization();
  const cpu = process.threadCpuUsage();
  return () => {
    const { active } = performance.eventLoopUtilization(loop);
    const { user, system } = process.threadCpuUsage(cpu);
    return 1 - (user + system) / 1000 / active;
  };
}

/**
 * Runs a round again, up to five times, in which other processes had what it needed: its times tell of the machine. What is
 * to hold on a busy machine, too, is for the round itself to check.
 */
export async function undisturbed<T>(round: () => Promise<T>): Promise<T> {
  for (let again = 0; ; again++) {
    const share = lostShare();
    const result = await round();
    if (share() < MOST_LOST || again === MOST_AGAIN) return result;
    console.log(`${(100 * share()).toFixed(0)} % of its time others had the processor: the round is run again`);
  }
}
