import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Finding } from '../finding.ts';
import { runGraph } from '../testing/run-graph.ts';
import { type TemporaryRepository, temporaryRepository } from '../testing/temporary-repository.ts';

const SCHEMA = 'subgraphs/users/schema.graphql';
const usersWith = (fields: string) => `type Query { me: User }\ntype User {\n  id: ID\n${fields}}\n`;
const WITH_NAME = usersWith('  name: String\n');
const DEPRECATED = usersWith('  name: String\n    @deprecated(reason: "Use id.")\n');
const WITHOUT_NAME = usersWith('');

let repository: TemporaryRepository;
beforeEach(() => {
  repository = temporaryRepository({ users: '' });
  git('init', '-q');
});
afterEach(() => repository[Symbol.dispose]());

const git = (...args: string[]) =>
  execFileSync('git', ['-C', repository.root, ...args], { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' }).trim();

/** Written long before, and in the graph from that day on; its hash. */
function commit(day: string, sdl: string): string {
  repository.write(SCHEMA, sdl);
  git('add', '.');
  const dates = { GIT_AUTHOR_DATE: '2001-01-01T12:00:00Z', GIT_COMMITTER_DATE: `${day}T12:00:00Z` };
  const names = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
  execFileSync('git', ['-C', repository.root, ...names, 'commit', '-qm', day], { env: { ...process.env, ...dates } });
  return git('rev-parse', 'HEAD');
}

async function findings(against = 'HEAD', root = repository.root): Promise<Finding[]> {
  const { text } = await runGraph('check', '--root', root, '--against', against, '--format', 'json');
  return JSON.parse(text).findings.filter(({ change }: Finding) => change !== undefined);
}

test('a field that is removed says since when it is in the graph, and since when it is deprecated', async () => {
  const added = commit('2025-03-04', WITH_NAME);
  const deprecated = commit('2026-01-10', DEPRECATED);
  commit('2026-02-01', `# Users.\n${DEPRECATED}`);
  repository.write(SCHEMA, WITHOUT_NAME);
  expect(await findings()).toMatchObject([
    {
      code: 'FIELD_REMOVED',
      message: expect.stringContaining(
        `\nIn the graph since 2025-03-04 (${added.slice(0, 7)}); deprecated since 2026-01-10 (${deprecated.slice(0, 7)}).`,
      ),
      change: {
        since: { day: '2025-03-04', commit: added },
        deprecatedSince: { day: '2026-01-10', commit: deprecated },
      },
    },
  ]);
});

test('a field that is changed says since when it is as it was; that it was indented is nothing', async () => {
  commit('2025-03-04', WITH_NAME);
  const changed = commit('2025-04-05', WITH_NAME.replace('name: String', 'name: String!'));
  commit('2025-05-06', WITH_NAME.replace('name: String', '    name: String!'));
  repository.write(SCHEMA, WITH_NAME);
  const [finding] = await findings();
  expect(finding?.message).toMatch(/\nIn the graph since 2025-04-05 \([0-9a-f]{7}\)\.$/);
  expect(finding?.change?.since).toEqual({ day: '2025-04-05', commit: changed });
  expect(finding?.change).not.toHaveProperty('deprecatedSince');
});

test('what does not block says nothing of it', async () => {
  commit('2025-03-04', WITH_NAME);
  repository.write(SCHEMA, WITHOUT_NAME);
  repository.write('schema/check.yaml', 'trustedDocumentsOnly: true');
  const [finding] = await findings();
  expect(finding).toMatchObject({ code: 'FIELD_REMOVED', change: { verdict: 'UNUSED' } });
  expect(finding?.change).not.toHaveProperty('since');
});

test('a folder has no history, nor a shallow clone the whole of it', async () => {
  commit('2025-03-04', WITH_NAME);
  commit('2025-04-05', `${WITH_NAME}# The end.\n`);
  using clone = temporaryRepository({});
  git('clone', '-q', '--depth', '1', `file://${repository.root}`, clone.root);
  using base = temporaryRepository({});
  git('clone', '-q', `file://${repository.root}`, base.root);
  clone.write(SCHEMA, WITHOUT_NAME);
  for (const found of [await findings('HEAD', clone.root), await findings(base.root, clone.root)]) {
    expect(found).toMatchObject([{ code: 'FIELD_REMOVED', severity: 'error' }]);
    expect(found[0]?.change).not.toHaveProperty('since');
  }
});

test('of many that block, the first twenty say it', async () => {
  const fields = Array.from({ length: 25 }, (_, index) => `  name${index}: String\n`).join('');
  commit('2025-03-04', usersWith(fields));
  repository.write(SCHEMA, WITHOUT_NAME);
  const told = (await findings()).map(({ change }) => change?.since?.day);
  expect(told).toEqual([...Array(20).fill('2025-03-04'), ...Array(5).fill(undefined)]);
});
