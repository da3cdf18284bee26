import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configFromCommandLine } from './command-line.ts';
import type { FakeSubgraph } from './testing/fake-subgraph.ts';
import { startBooks, startReviews } from './testing/library-graph.ts';
import { compose } from './testing/test-gateway.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tributary-gateway-'));
const file = (name: string, content: string) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe('npm run gateway', () => {
  let books: FakeSubgraph;
  let reviews: FakeSubgraph;
  let supergraph: string;
  beforeAll(async () => {
    [books, reviews] = await Promise.all([startBooks(), startReviews()]);
    supergraph = file('supergraph.graphql', compose([books, reviews]));
  });
  afterAll(async () => {
    await Promise.all([books.close(), reviews.close()]);
    rmSync(folder, { recursive: true });
  });

  function run(...args: string[]) {
    const child = spawn('npm', ['run', '--silent', 'gateway', '--', ...args], {
      cwd: root,
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk;
    });
    return { child, ended: once(child, 'exit'), stdout: () => stdout, stderr: () => stderr };
  }

  it('serves anybody’s supergraph, says where in one line, and drains on SIGTERM', async () => {
    const { child, ended, stdout } = run(
      '--supergraph',
      supergraph,
      '--port',
      '14610',
      '--config',
      file('silent.yaml', 'log: { level: warn }'),
    );
    await until('the ready line', () => stdout().includes('\n'), 20_000);
    expect(stdout()).toBe('Gateway is ready: http://127.0.0.1:14610/graphql\n');
    const response = await fetch('http://127.0.0.1:14610/graphql?query=%7Bbooks%7Btitle%20rating%7D%7D');
    expect(await response.json()).toMatchObject({ data: { books: [{ title: 'Emma', rating: 4.5 }, {}, {}] } });
    expect((await fetch('http://127.0.0.1:20010/health/ready')).status).toBe(200);
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  it.each([
    ['no supergraph', () => [], 'No supergraph is named.\n\nUsage: npm run gateway'],
    ['a port that is none', () => ['--supergraph', supergraph, '--port', 'x'], '--port takes a port number.'],
    [
      'a port that is taken',
      () => ['--supergraph', supergraph, '--port', new URL(books.url).port],
      'another program does',
    ],
    [
      'a file that is not there',
      () => ['--supergraph', '/nowhere.graphql'],
      'The supergraph /nowhere.graphql cannot be read: ENOENT',
    ],
    [
      'a supergraph that is none',
      () => ['--supergraph', file('bad.graphql', 'type Query { a: Int }'), '--port', '0'],
      'cannot be used',
    ],
    [
      'an unknown key',
      () => ['--supergraph', supergraph, '--config', file('bad.yaml', 'introspecton: true')],
      'introspecton: unknown key; did you mean introspection?',
    ],
    ['an unknown argument', () => ['--suprgraph', supergraph], 'Usage: npm run gateway'],
  ])('exits 1 and says why for %s', async (_what, args, message) => {
    const { ended, stderr, stdout } = run(...args());
    expect(await ended).toEqual([1, null]);
    expect(stderr()).toContain(message);
    expect(stderr()).not.toMatch(/\n\s+at /);
    expect(stdout()).not.toContain('Gateway is ready');
  });

  it('moves the admin port along, unless it is configured', () => {
    const config = file('admin.yaml', 'admin: { port: 9999 }');
    const adminPort = (...args: string[]) => configFromCommandLine(['--supergraph', supergraph, ...args]).admin.port;
    expect(adminPort()).toBe(9400);
    expect(adminPort('--port', '4007')).toBe(9407);
    expect(adminPort('--port', '0')).toBe(0);
    expect(adminPort('--port', '61000')).toBe(0);
    expect(adminPort('--port', '4007', '--config', config)).toBe(9999);
  });

  it('explains itself', async () => {
    const { ended, stdout } = run('--help');
    expect(await ended).toEqual([0, null]);
    expect(stdout()).toMatch(/^Usage: npm run gateway/);
  });
});
