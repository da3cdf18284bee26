const EVERY_MS = 5;

export interface StallWatch {
  pause(): void;
  resume(): void;
  /** The longest that the event loop did nothing else, in milliseconds, while the machine may have done other things. */
  wallMs(): number;
  /** The longest that its thread was busy for in one go, in milliseconds of its CPU time. */
  cpuMs(): number;
  /** Forgets what was longest. */
  reset(): void;
}

/** Watches the event loop of the thread that calls it: on a machine that is shared, a thread also waits for its turn. */
export function watchStalls(): StallWatch {
  const longest = { cpuMs: 0, wallMs: 0 };
  let timer: NodeJS.Timeout | undefined;
  let before = now();
  const look = () => {
    const { cpuMs, wallMs } = now();
    longest.cpuMs = Math.max(longest.cpuMs, cpuMs - before.cpuMs);
    longest.wallMs = Math.max(longest.wallMs, wallMs - before.wallMs - EVERY_MS);
    before = { cpuMs, wallMs };
  };
  const resume = () => {
    before = now();
    timer = setInterval(look, EVERY_MS);
  };
  resume();
  return {
    resume,
    pause() {
      look();
      clearInterval(timer);
    },
    wallMs: () => longest.wallMs,
    cpuMs: () => longest.cpuMs,
    reset() {
      Object.assign(longest, { cpuMs: 0, wallMs: 0 });
      before = now();
    },
  };
}

function now() {
  const { user, system } = process.threadCpuUsage();
  return { cpuMs: (user + system) / 1000, wallMs: performance.now() };
}
