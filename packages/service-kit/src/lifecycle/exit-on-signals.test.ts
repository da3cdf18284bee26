import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { afterEach, expect, test } from 'vitest';

type Child = ChildProcessByStdio<null, Readable, null>;
let child: Child | undefined;
afterEach(() => void child?.kill('SIGKILL'));

/** A process that stops as `stop` says; resolves once its signal handlers are there. */
async function startChild(stop: string): Promise<Child> {
  const program = `
    import { exitOnSignals } from ${JSON.stringify(import.meta.resolve('./exit-on-signals.ts'))};
    const log = { info: () => console.log('draining'), error: () => {} };
    exitOnSignals(${stop}, log);
    setInterval(() => {}, 1000);
    console.log('up');`;
  child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  await said(child, 'up');
  return child;
}

async function said(process: Child, text: string): Promise<void> {
  for (;;) if (String((await once(process.stdout, 'data'))[0]).includes(text)) return;
}

const SLOW = '() => new Promise((resolve) => setTimeout(resolve, 300))';

test.each(['SIGTERM', 'SIGINT'] as const)('%s drains and exits 0', async (signal) => {
  const process = await startChild(SLOW);
  process.kill(signal);
  expect(await once(process, 'exit')).toEqual([0, null]);
});

test('a drain that fails exits 1', async () => {
  const process = await startChild('() => Promise.reject(new Error("x"))');
  process.kill('SIGTERM');
  expect(await once(process, 'exit')).toEqual([1, null]);
});

test('Ctrl-C that arrives twice within a second is one', async () => {
  const process = await startChild(SLOW);
  process.kill('SIGINT');
  await said(process, 'draining');
  process.kill('SIGINT');
  process.kill('SIGTERM');
  expect(await once(process, 'exit')).toEqual([0, null]);
});

test('a later one ends the process at once with 130', async () => {
  // A drain that takes for ever, and a clock on which more than a second passes between any two looks.
  const process = await startChild('(performance.now = ((ms) => () => (ms += 1001))(0), () => new Promise(() => {}))');
  process.kill('SIGINT');
  await said(process, 'draining');
  process.kill('SIGINT');
  expect(await once(process, 'exit')).toEqual([130, null]);
});
