import { execFileSync } from 'node:child_process';
import { getPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const MODULE = fileURLToPath(new URL('low-priority.ts', import.meta.url));
const PROGRAM = `
  const { takeLowPriority } = await import(${JSON.stringify(MODULE)});
  takeLowPriority();
  console.log((await import('node:os')).getPriority());
`;

const OWN = getPriority();

/** The niceness of a process that was started with so much more than this one's. */
const priorityFrom = (niceness: number) =>
  Number(execFileSync('nice', ['-n', String(niceness), process.execPath, '--input-type=module', '-e', PROGRAM]));

describe.skipIf(process.platform === 'win32')('a low priority', () => {
  it('is taken by what has a normal one', () => {
    expect(priorityFrom(0)).toBe(Math.max(10, OWN));
  });

  it('is never raised: that takes rights, and a gateway started with a lower one would not start', () => {
    expect(priorityFrom(15)).toBe(Math.min(19, OWN + 15));
  });
});
