import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@tributary/service-kit/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { npmRun, npmStart, residentMiB } from './testing/npm-start.ts';
import { steadyLoad } from './testing/steady-load.ts';

const PORT = 14_100;
const data = mkdtempSync(join(tmpdir(), 'tributary-start-'));
afterAll(() => rmSync(data, { recursive: true, force: true }));

const print = (what: string) => process.stdout.write(`  ${what}\n`);
const MINUTE = 60_000;

describe('npm start', () => {
  it('answers from an empty folder on, serves the demo twice, and stays small', { timeout: 3 * MINUTE }, async () => {
    await using graph = await npmStart(data, PORT);
    print(`first answer without data after ${(graph.firstAnswerMs / 1000).toFixed(1)} s`);
    for (const _run of [1, 2]) {
      const demo = npmRun('demo', ['--url', graph.url]);
      expect(await demo.ended, demo.output()).toBe(0);
    }
    const resident = residentMiB(graph.pid);
    print(`resident after the demo: ${Math.round(resident)} MiB`);
    expect(resident).toBeLessThan(600);
    process.kill(graph.pid, 'SIGTERM');
    expect(await graph.ended).toBe(0);
  });

  it('refuses a second one on the same data, which harms nothing', { timeout: 2 * MINUTE }, async () => {
    await using graph = await npmStart(data, PORT);
    print(`first answer with data after ${(graph.firstAnswerMs / 1000).toFixed(1)} s`);
    for (const args of [[], ['--fresh']]) {
      const second = npmRun('start', ['--data', data, '--port', String(PORT + 1), '--free-ports', ...args]);
      expect(await second.ended).toBe(1);
      expect(second.output()).toContain('is using the data');
    }
    const demo = npmRun('demo', ['--url', graph.url]);
    expect(await demo.ended, demo.output()).toBe(0);
  });

  it('names the port that another program uses', { timeout: MINUTE }, async () => {
    await using graph = await npmStart(data, PORT);
    const other = mkdtempSync(join(tmpdir(), 'tributary-start-'));
    const second = npmRun('start', ['--data', other, '--port', String(PORT), '--free-ports']);
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`Another program uses port ${PORT}.`);
    rmSync(other, { recursive: true });
    expect(graph.output()).not.toContain('rror');
  });

  it.each(['--prot 4000', '--port many', '--log loud'])('refuses %s with a word of advice', async (flags) => {
    const start = npmRun('start', ['--data', data, ...flags.split(' ')]);
    expect(await start.ended).toBe(1);
    expect(start.output()).toMatch(/did you mean --port\?|takes a port number|takes one of debug, info/);
  });

  it.each([
    ['SIGTERM', 'npm'],
    ['SIGINT', 'npm'],
    ['SIGTERM', 'the whole group'],
    ['SIGINT', 'the whole group'],
  ] as const)(
    'drains on %s to %s: everything is answered, and it exits 0',
    { timeout: 2 * MINUTE },
    async (signal, target) => {
      await using graph = await npmStart(data, PORT);
      const load = steadyLoad(graph.url, 16);
      await until('some load', () => load.answered() > 50);
      const signalledMs = performance.now();
      process.kill(target === 'npm' ? graph.pid : -graph.pid, signal);
      await load.ended;
      expect(load.failures).toEqual([]);
      expect(await graph.ended).toBe(0);
      print(
        `${signal} to ${target}: ${load.answered()} answered, ended after ${Math.round(performance.now() - signalledMs)} ms`,
      );
    },
  );
});
