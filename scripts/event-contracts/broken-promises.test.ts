import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import type { JsonSchema } from '../../packages/service-kit/src/index.ts';
import { brokenPromises } from './broken-promises.ts';

const PATH = 'subgraphs/shop/events/shop.order.placed.v1.json';
const TYPE = 'shop.order.placed.v1';
const folders: string[] = [];
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tributary-events-'));
  folders.push(root);
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const schema = (data: Record<string, JsonSchema>, required = Object.keys(data)) =>
  JSON.stringify({
    title: TYPE,
    type: 'object',
    required: ['data'],
    properties: { data: { type: 'object', properties: data, required } },
  });
const ids = { orderId: { type: 'string' } };

function git(...args: string[]): void {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  execFileSync('git', ['-C', root, ...identity, ...args], { stdio: 'ignore' });
}

function commit(content: string): void {
  mkdirSync(dirname(join(root, PATH)), { recursive: true });
  writeFileSync(join(root, PATH), content);
  git('add', '.');
  git('commit', '-m', 'events');
}

const now = (content: string) => brokenPromises(root, [{ path: PATH, content }]);

test('a change that breaks what is committed is found, with what to do', () => {
  git('init', '--initial-branch', 'main');
  commit(schema(ids));
  expect(now(schema(ids, [])).findings).toEqual([
    `${TYPE} breaks what was published: event.data.orderId may be missing. Publish shop.order.placed.v2 beside it, and leave ${TYPE} as it was.`,
  ]);
  expect(now(schema({ ...ids, number: { type: 'string' } }))).toEqual({ findings: [], compared: 1 });
});

test('it is found after it was committed, too', () => {
  git('init', '--initial-branch', 'main');
  commit(schema(ids));
  commit(schema({}));
  expect(now(schema({})).findings).toHaveLength(1);
});

test('it is found however many commits a branch has', () => {
  git('init', '--initial-branch', 'main');
  commit(schema(ids));
  git('checkout', '-b', 'change');
  commit(schema({}));
  commit(schema({ note: { type: 'string' } }));
  commit(schema({ note: { type: 'string' }, more: { type: 'string' } }));
  const current = schema({ note: { type: 'string' }, more: { type: 'string' } });
  expect(now(current).findings).toEqual([expect.stringContaining('event.data.orderId may be missing')]);
});

test('a new type, and one that is withdrawn, break nothing', () => {
  git('init', '--initial-branch', 'main');
  commit(schema(ids));
  const files = [
    { path: 'subgraphs/shop/events/shop.order.placed.v2.json', content: schema({}) },
    { path: PATH, content: undefined },
  ];
  expect(brokenPromises(root, files)).toEqual({ findings: [], compared: 0 });
});

test('without git, or before the first commit, there is nothing to compare with', () => {
  expect(now(schema(ids))).toEqual({ findings: [], compared: 0 });
  git('init', '--initial-branch', 'main');
  expect(now(schema(ids))).toEqual({ findings: [], compared: 0 });
});
