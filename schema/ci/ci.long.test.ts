import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type TemporaryRepository, temporaryRepository } from '../src/testing/temporary-repository.ts';

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const GRAPH = `${process.execPath} ${file('../src/main.ts')}`;
const SHOP = '"Who may read." type Query { "The shop." shop: String "Its name." name: String }';

let repository: TemporaryRepository;
let origin: string;
beforeEach(() => {
  repository = temporaryRepository({ shop: SHOP });
  origin = mkdtempSync(join(tmpdir(), 'tributary-origin-'));
  graph('compose');
  git('init', '-q', '-b', 'main');
  commit('first');
  execFileSync('git', ['clone', '-q', '--bare', repository.root, origin]);
  git('remote', 'add', 'origin', origin);
  git('checkout', '-q', '-b', 'change');
});
afterEach(() => {
  repository[Symbol.dispose]();
  rmSync(origin, { recursive: true });
});

const git = (...args: string[]) => execFileSync('git', args, { cwd: repository.root, encoding: 'utf8' });
/** A trusted document that is no longer valid fails it, and it writes the supergraph all the same. */
const graph = (command: string) => spawnSync('sh', ['-c', `${GRAPH} ${command} --root .`], { cwd: repository.root });
function commit(message: string): void {
  git('add', '.');
  git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-qm', message);
}
function removeName(): void {
  repository.write(
    'subgraphs/shop/schema.graphql',
    repository.read('subgraphs/shop/schema.graphql').replace('"Its name." name: String', ''),
  );
  graph('compose');
}

/** The commands one after the other, until one fails: as a runner does. */
function run(shell: string, commands: readonly { run: string; env?: Record<string, string> }[]) {
  let output = '';
  for (const { run, env } of commands) {
    const done = spawnSync(shell, ['-e', '-c', run], {
      ...{ cwd: repository.root, encoding: 'utf8' },
      env: { ...process.env, GITHUB_STEP_SUMMARY: join(repository.root, 'summary.md'), ...env },
    });
    output += done.stdout + done.stderr;
    if (done.status !== 0) return { status: done.status, output };
  }
  return { status: 0, output };
}

function githubAction() {
  const { runs } = parse(readFileSync(file('github/action.yml'), 'utf8'));
  const inputs: Record<string, string> = { against: 'main', root: '.', graph: GRAPH };
  const filled = (text: string) => text.replaceAll(/\$\{\{ inputs\.(\w+) \}\}/g, (_, name) => inputs[name] ?? '');
  return run(
    'bash',
    runs.steps.map((step: { run: string; env: Record<string, string> }) => ({
      run: step.run,
      env: Object.fromEntries(Object.entries(step.env).map(([name, value]) => [name, filled(value)])),
    })),
  );
}

function gitlabJob() {
  const { '.graph-check': job } = parse(readFileSync(file('gitlab.yml'), 'utf8'));
  const env = { ...job.variables, GRAPH, CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main' };
  return run('bash', [{ run: job.script.join('\n'), env }]);
}

const preCommit = () => run('sh', [{ run: `sh ${file('pre-commit')}`, env: { GRAPH } }]);

describe('schema checks in CI', { timeout: 60_000 }, () => {
  it('let a change pass that breaks nobody', () => {
    repository.write(
      'subgraphs/shop/schema.graphql',
      repository
        .read('subgraphs/shop/schema.graphql')
        .replace('name: String', 'name: String "Since when." since: String'),
    );
    graph('compose');
    git('add', '.');
    expect(preCommit()).toMatchObject({ status: 0, output: expect.stringContaining('1 safe') });
    commit('a field');
    expect(githubAction()).toMatchObject({ status: 0, output: expect.stringContaining('nothing blocks') });
    expect(repository.read('summary.md')).toContain('1 safe');
    expect(gitlabJob()).toMatchObject({ status: 0 });
    expect(repository.read('graph-check.xml')).toContain('failures="0"');
  });

  it('stop one that breaks somebody, and say whom', () => {
    repository.write('schema/documents/till/name.graphql', 'query Name { name }');
    removeName();
    git('add', '.');
    expect(preCommit()).toMatchObject({
      status: 1,
      output: expect.stringContaining('REMOVAL_IN_USE: used by till (Name).'),
    });
    commit('no name');
    expect(githubAction()).toMatchObject({
      status: 1,
      output: expect.stringContaining('::error file=schema/documents/till/name.graphql'),
    });
  });

  it('stop one of which nobody knows whom it breaks', () => {
    removeName();
    git('add', '.');
    expect(preCommit()).toMatchObject({ status: 1, output: expect.stringContaining('breaking FIELD_REMOVED') });
    commit('no name');
    expect(githubAction()).toMatchObject({
      status: 1,
      output: expect.stringContaining('::error file=subgraphs/shop/schema.graphql'),
    });
    expect(repository.read('summary.md')).toContain('**FIELD_REMOVED**');
    expect(gitlabJob()).toMatchObject({ status: 1, output: expect.stringContaining('breaking FIELD_REMOVED') });
    expect(repository.read('graph-check.xml')).toContain('<failure type="FIELD_REMOVED"');
  });

  it('do nothing before a commit that touches no schema', () => {
    repository.write('README.md', 'A shop.');
    git('add', '.');
    expect(preCommit()).toEqual({ status: 0, output: '' });
  });
});
