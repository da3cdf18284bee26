import type { ChildProcess } from 'node:child_process';

const running = new Set<ChildProcess>();
let listening = false;

/** Kills the child when this process ends, however that comes (SIGKILL aside), so that nothing is left behind. */
export function endWithUs(child: ChildProcess): ChildProcess {
  if (!listening) {
    listening = true;
    process.on('exit', () => {
      // What has forked children of its own, as PostgreSQL has, takes them along on this signal.
      for (const each of running) each.kill('SIGQUIT');
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  }
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}
