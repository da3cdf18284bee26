import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Starts a server whose output nobody reads. Whoever waits for one that cannot be started finds it ended. */
export function startServer(binary: string, args: readonly string[], folder: string): ChildProcess {
  const server = spawn(binary, args, { cwd: folder, stdio: 'ignore' });
  server.on('error', () => {});
  return server;
}

/** Resolves when the process has ended; SIGSTOP and SIGCONT do not end it. */
export async function killServer(server: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (server === undefined || hasEnded(server)) return;
  const exited = once(server, 'exit');
  server.kill(signal);
  if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await exited;
}

export const hasEnded = ({ exitCode, signalCode, pid }: ChildProcess): boolean =>
  pid === undefined || exitCode !== null || signalCode !== null;
