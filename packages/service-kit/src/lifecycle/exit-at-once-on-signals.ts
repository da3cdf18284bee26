import { constants } from 'node:os';

/**
 * Ends the process at once on SIGTERM or SIGINT, with 128 and the signal's number, until the returned function is called:
 * while it does what may be cut off, such as its start. Without listeners the signals do so too, but not in a container,
 * whose first process ignores what it does not listen for, and would be waited for until the grace period is over.
 */
export function exitAtOnceOnSignals(): () => void {
  const exit = (signal: NodeJS.Signals) => process.exit(128 + constants.signals[signal]);
  process.on('SIGTERM', exit);
  process.on('SIGINT', exit);
  return () => {
    process.off('SIGTERM', exit);
    process.off('SIGINT', exit);
  };
}
