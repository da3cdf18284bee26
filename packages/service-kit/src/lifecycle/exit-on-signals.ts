import type { Logger } from '../log/logger.ts';

/**
 * Stops the process when it is told to: `stop` on the first SIGTERM or SIGINT, then exit 0, or 1 when `stop` failed.
 * npm hands Ctrl-C on although the terminal has sent it too, so a repeat within a second counts as the same one; a
 * later one ends the process at once with 130.
 */
export function exitOnSignals(stop: () => Promise<void>, log: Logger): void {
  let firstAtMs: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    if (firstAtMs !== undefined) {
      if (performance.now() - firstAtMs > 1000) process.exit(130);
      return;
    }
    firstAtMs = performance.now();
    log.info({ signal }, 'draining');
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'drain failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
