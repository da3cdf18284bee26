import { type ChildProcess, spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import type { Command } from './contenders/contender.ts';

export interface StartedProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  /** @throws Error with the end of its output when the process has ended by itself */
  assertRuns(): void;
}

/** Ends with this process, however that ends (SIGKILL aside). Its output goes to `logFile`. */
export function startProcess(name: string, { args, env }: Command, logFile: string): StartedProcess {
  const log = openSync(logFile, 'w');
  const child = spawn(process.execPath, args, {
    env: { ...process.env, NODE_ENV: 'production', APOLLO_TELEMETRY_DISABLED: '1', ...env },
    stdio: ['ignore', log, log],
  });
  const end = () => child.kill();
  process.on('exit', end);
  child.once('exit', () => process.off('exit', end));
  if (child.pid === undefined) throw new Error(`${name} does not start`);
  return {
    child,
    pid: child.pid,
    assertRuns() {
      if (child.exitCode === null && child.signalCode === null) return;
      throw new Error(`${name} has ended: ${readFileSync(logFile, 'utf8').slice(-2000)}`);
    },
  };
}
