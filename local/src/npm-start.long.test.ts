import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@tributary/service-kit/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { graphClient, signIn } from './testing/graph-client.ts';
import { npmRun, npmStart, residentMiB } from './testing/npm-start.ts';
import { steadyLoad } from './testing/steady-load.ts';

const PORT = 14_100;
const data = mkdtempSync(join(tmpdir(), 'tributary-start-'));
afterAll(() => rmSync(data, { recursive: true, force: true }));

const print = (what: string) => process.stdout.write(`  ${what}\n`);
const MINUTE = 60_000;

const keeper = { email: 'keeper@example.com', password: 'what-is-written-stays', name: 'Keeper' };

describe('npm start', () => {
  it('answers from an empty folder on, serves the demo twice, and stays small', { timeout: 3 * MINUTE }, async () => {
    await using graph = await npmStart(data, PORT);
    print(`first answer without data after ${(graph.firstAnswerMs / 1000).toFixed(1)} s`);
    expect(graph.output()).toContain(`npm run demo -- --url ${graph.url}\n`);
    for (const _run of [1, 2]) {
      const demo = npmRun('demo', ['--url', graph.url]);
      expect(await demo.ended, demo.output()).toBe(0);
    }
    const resident = residentMiB(graph.pid);
    print(`resident after the demo: ${Math.round(resident)} MiB`);
    expect(resident).toBeLessThan(600);
    const signUp = 'mutation ($input: SignUpInput!) { signUp(input: $input) { errors { __typename } } }';
    const { data: signedUp } = await graphClient(graph.url)(signUp, { input: keeper });
    expect(signedUp.signUp.errors).toEqual([]);
    process.kill(graph.pid, 'SIGTERM');
    expect(await graph.ended).toBe(0);
  });

  it('keeps its data, and refuses whoever would start on it or on its port', { timeout: 2 * MINUTE }, async () => {
    await using graph = await npmStart(data, PORT);
    print(`first answer with data after ${(graph.firstAnswerMs / 1000).toFixed(1)} s`);
    await signIn(graphClient(graph.url), keeper.email, keeper.password);

    const others = mkdtempSync(join(tmpdir(), 'tributary-start-'));
    const refusals = [
      { args: ['--data', data, '--port', String(PORT + 1)], reason: 'is using the data' },
      { args: ['--data', data, '--port', String(PORT + 1), '--fresh'], reason: 'is using the data' },
      { args: ['--data', others, '--port', String(PORT)], reason: `Another program uses port ${PORT}.` },
    ];
    for (const { args, reason } of refusals) {
      const second = npmRun('start', ['--free-ports', ...args]);
      expect(await second.ended).toBe(1);
      expect(second.output()).toContain(reason);
    }
    rmSync(others, { recursive: true });

    const demo = npmRun('demo', ['--url', graph.url]);
    expect(await demo.ended, demo.output()).toBe(0);
    await signIn(graphClient(graph.url), keeper.email, keeper.password);
  });

  it.each(['--prot 4000', '--port many', '--log loud', '--data'])('refuses %s with a word of advice', async (flags) => {
    const start = npmRun('start', ['--data', data, ...flags.split(' ')]);
    expect(await start.ended).toBe(1);
    expect(start.output()).toMatch(
      /did you mean --port\?|takes a port number|takes one of debug, info|Usage: npm start/,
    );
    expect(start.output()).not.toMatch(/\n\s+at /);
  });

  it.each([
    ['start', '--help', 0],
    ['demo', '--help', 0],
    ['demo', '--prot 4000', 1],
    ['demo', '--url localhost:4000', 1],
  ])('npm run %s -- %s says how it is used', async (script, flags, code) => {
    const command = npmRun(script, flags.split(' '));
    expect(await command.ended).toBe(code);
    expect(command.output()).toMatch(/^Usage: npm /);
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
