import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runGraph } from './testing/run-graph.ts';
import { type TemporaryRepository, temporaryRepository } from './testing/temporary-repository.ts';

let repository: TemporaryRepository;
beforeEach(() => {
  repository = temporaryRepository({ users: 'type Query { me: Int }', orders: 'type Query { orders: Int }' });
});
afterEach(() => repository[Symbol.dispose]());

const compose = (...args: string[]) => runGraph('compose', '--root', repository.root, ...args);
const breakUsers = () => repository.write('subgraphs/users/schema.graphql', 'type Query {\n  me: Nobody\n}');

describe('graph compose', () => {
  test('writes the supergraph; with --check it only compares', async () => {
    expect((await compose('--check')).text).toContain('error STALE_SUPERGRAPH  schema/supergraph.graphql');
    expect(existsSync(join(repository.root, 'schema'))).toBe(false);
    const written = await compose();
    expect(written).toMatchObject({
      code: 0,
      text: expect.stringMatching(/^2 subgraphs, 0 trusted documents: written to /),
    });
    expect(await compose('--check')).toEqual({ code: 0, text: '2 subgraphs, 0 trusted documents: up to date' });
    repository.write('subgraphs/users/schema.graphql', 'type Query { me: String }');
    expect((await compose('--check')).code).toBe(1);
    expect(repository.read('schema/supergraph.graphql')).toContain('me: Int');
  });

  test('writes to, and compares with, the file that --out names', async () => {
    const out = join(repository.root, 'build/deep/s.graphql');
    expect((await compose('--out', out)).code).toBe(0);
    expect(repository.read('build/deep/s.graphql')).toContain('@join__graph');
    expect((await compose('--out', out, '--check')).code).toBe(0);
    repository.write('build/deep/s.graphql', 'old');
    expect((await compose('--out', out, '--check')).text).toContain('STALE_SUPERGRAPH  build/deep/s.graphql');
  });

  test('writes nothing when the subgraphs do not compose', async () => {
    breakUsers();
    const result = await compose();
    expect(result).toMatchObject({
      code: 1,
      text: expect.stringContaining('error INVALID_GRAPHQL  subgraphs/users/schema.graphql:2:'),
    });
    expect(existsSync(join(repository.root, 'schema'))).toBe(false);
  });

  test('finds trusted documents that are not valid; the supergraph is written all the same', async () => {
    repository.write('schema/documents/shop/me.graphql', 'query Me { nobody }');
    const result = await compose();
    expect(result).toMatchObject({
      code: 1,
      text: expect.stringContaining('error DOCUMENT_NOT_VALID  schema/documents/shop/me.graphql:1:12'),
    });
    expect(repository.read('schema/supergraph.graphql')).toContain('me: Int');
  });

  test('says how many warnings there are, which do not block', async () => {
    repository.write('subgraphs/users/schema.graphql', 'type Query { me(i: I): Int }\ninput I { x: Int y: Int }');
    repository.write('subgraphs/orders/schema.graphql', 'type Query { orders(i: I): Int }\ninput I { x: Int }');
    const { code, text } = await compose();
    expect(code).toBe(0);
    expect(text).toMatch(
      /^warning INCONSISTENT_INPUT_OBJECT_FIELD[\s\S]*2 subgraphs, 0 trusted documents, 1 warning: /,
    );
  });

  test('gives its report as JSON, and nothing else', async () => {
    expect(JSON.parse((await compose('--format', 'json')).text)).toEqual({
      ...{ command: 'graph compose', findings: [] },
      summary: expect.stringMatching(/^2 subgraphs, 0 trusted documents: written to /),
    });
    breakUsers();
    const { code, text } = await compose('--format', 'json');
    expect(code).toBe(1);
    expect(JSON.parse(text).findings).toMatchObject([
      { severity: 'error', code: 'INVALID_GRAPHQL', subgraph: 'users', line: 2 },
    ]);
  });

  test.each([
    ['a root that is none', ['--root', '/nowhere'], 'There is no folder subgraphs/ in /nowhere.'],
    [
      'a place where nothing can be written',
      ['--out', '/dev/null/s.graphql'],
      '/dev/null/s.graphql cannot be written: E',
    ],
    ['an unknown flag', ['--chek'], 'did you mean --check?'],
    ['an unknown format', ['--format', 'xml'], '--format takes one of text, json, markdown, github, junit, sarif.'],
  ])('could not run with %s', async (_, args, message) => {
    const { code, text } = await compose(...args);
    expect(code).toBe(2);
    expect(text).toContain(message);
    expect(text).not.toMatch(/\n\s+at /);
  });
});

describe('graph', () => {
  test('helps', async () => {
    for (const args of [['--help'], ['help']]) {
      expect(await runGraph(...args)).toMatchObject({ code: 0, text: expect.stringContaining('graph compose') });
    }
    expect(await runGraph('compose', '--help')).toMatchObject({ code: 0, text: expect.stringContaining('--check') });
    expect((await runGraph()).code).toBe(2);
  });

  test('names the nearest command', async () => {
    expect(await runGraph('compsoe')).toMatchObject({
      code: 2,
      text: expect.stringContaining('did you mean compose?'),
    });
  });
});

describe('as a process', () => {
  const run = (...args: string[]) =>
    new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
      const main = fileURLToPath(new URL('main.ts', import.meta.url));
      execFile(process.execPath, [main, ...args], (error, stdout, stderr) =>
        resolve({ code: error?.code ?? 0, stdout, stderr }),
      );
    });

  test('exits 0 when all is well, 1 for findings that block, 2 when it could not run', async () => {
    expect(await run('compose', '--root', repository.root)).toMatchObject({ code: 0, stderr: '' });
    breakUsers();
    const [blocked, unusable] = await Promise.all([
      run('compose', '--root', repository.root, '--format', 'json'),
      run('compose', '--root', '/nowhere'),
    ]);
    expect(blocked).toMatchObject({ code: 1, stderr: '' });
    expect(JSON.parse(blocked.stdout).findings).toHaveLength(1);
    expect(unusable).toMatchObject({ code: 2, stdout: '', stderr: 'There is no folder subgraphs/ in /nowhere.\n' });
  });
});
