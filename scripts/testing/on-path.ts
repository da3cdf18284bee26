import { execFileSync } from 'node:child_process';

/** Where the shell finds a command; undefined where it finds none. */
export function onPath(command: string): string | undefined {
  try {
    return execFileSync('/bin/sh', ['-c', `command -v ${command}`], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}
