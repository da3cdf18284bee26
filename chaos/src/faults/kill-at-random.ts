import type { ManagedProcess } from '../graph/managed-process.ts';
import type { Random } from '../random.ts';

/** Kills any of the processes, one every `everyMs`, until the returned function is called. */
export function killAtRandom(
  processes: readonly ManagedProcess[],
  random: Random,
  everyMs: { from: number; to: number },
): () => void {
  let timer: NodeJS.Timeout;
  const next = () => {
    timer = setTimeout(
      () => {
        random.pick(processes).kill();
        next();
      },
      random.between(everyMs.from, everyMs.to),
    );
  };
  next();
  return () => clearTimeout(timer);
}
