import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { until } from '@tributary/service-kit/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { API_KEY, WEBHOOK_SECRET } from '../testing/test-sandbox.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tributary-sandbox-process-'));
afterAll(() => rmSync(folder, { recursive: true }));
const secrets = { TRIBUTARY_API_KEY: API_KEY, TRIBUTARY_WEBHOOKS__SECRET: WEBHOOK_SECRET };

/** The process that `npm run sandbox-provider` becomes. */
function run(args: readonly string[], environment: Record<string, string> = secrets) {
  const main = ['--import', './packages/service-kit/register.mjs', 'subgraphs/payments/src/sandbox/main.ts', ...args];
  const child = spawn(process.execPath, main, {
    cwd: root,
    env: { PATH: process.env.PATH, ...environment, TRIBUTARY_LOG__LEVEL: 'silent' },
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const ended = once(child, 'exit').then(([code, signal]) => code ?? signal);
  return { child, ended, output: () => output };
}

async function start(...args: string[]) {
  const running = run(args);
  const url = await until('the ready line', () => /is ready: (\S+)/.exec(running.output())?.[1], 30_000);
  return { ...running, url };
}

const charge = async (url: string, key: string) => {
  const response = await fetch(`${url}/v1/charges`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${API_KEY}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    },
    body: JSON.stringify({ token: 'tok_visa', amountMinor: 1, currency: 'EUR', reference: 'order 1' }),
  });
  return response.json();
};

describe('the sandbox provider as a process', () => {
  it('has, after a kill -9 in the midst of it, whatever it has answered; each key once', async () => {
    const file = join(folder, 'killed.sqlite');
    const first = await start('--port', '0', '--data', file);
    const answered: string[] = [];
    const lanes = Array.from({ length: 8 }, async (_, lane) => {
      for (let index = 0; ; index++) {
        const key = `${lane}-${index}`;
        await charge(first.url, key);
        answered.push(key);
      }
    });
    const ended = Promise.allSettled(lanes);
    await until('some charges', () => answered.length > 100);
    first.child.kill('SIGKILL');
    expect(await first.ended).toBe('SIGKILL');
    await ended;

    const second = await start('--port', '0', '--data', file);
    for (const key of answered.slice(-20)) {
      expect(await charge(second.url, key)).toMatchObject({ charge: { key, status: 'AUTHORIZED' } });
    }
    const books = new DatabaseSync(file, { readOnly: true });
    const times = new Map(
      books
        .prepare('SELECT charge_key, count(*) AS times FROM movements GROUP BY charge_key')
        .all()
        .map((row) => [row.charge_key, row.times]),
    );
    expect(answered.map((key) => times.get(key))).toEqual(answered.map(() => 1));
    books.close();
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  });

  it('that cannot start says why, and no more', async () => {
    const refused = run(['--data', join(folder, 'x.sqlite')], { TRIBUTARY_API_KEY: 'canary' });
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toContain('apiKey: expected 32 characters or more');
    expect(refused.output()).not.toMatch(/canary|\n\s+at /);
  });
});
