import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LINK } from '../check/testing/federation-link.ts';
import { generateResolverTypes } from '../codegen.ts';
import type { Finding } from '../finding.ts';
import { runGraph } from '../testing/run-graph.ts';
import { type TemporaryRepository, temporaryRepository } from '../testing/temporary-repository.ts';

const MAIN = `# import "./types/user.graphql"\n${LINK}\n\ntype Query {\n  "Who is signed in."\n  me: User\n}\n`;
const USER = '# import "./money.graphql"\n\n"A person."\ntype User {\n  "Theirs."\n  balance: Money\n}\n';
const MONEY = '"An amount."\ntype Money {\n  "In cents."\n  cents: Int\n  "Its ISO code."\n  currency: String\n}\n';
const path = (name: string) => `subgraphs/users/${name}`;
const TYPES = path('types/money.graphql');

function written(): TemporaryRepository {
  const repository = temporaryRepository({ users: '' });
  repository.write(path('schema.graphql'), MAIN);
  repository.write(path('types/user.graphql'), USER);
  repository.write(TYPES, MONEY);
  return repository;
}

let repository: TemporaryRepository;
beforeEach(() => {
  repository = written();
});
afterEach(() => repository[Symbol.dispose]());

const graph = (command: string, ...args: string[]) => runGraph(command, '--root', repository.root, ...args);
async function findings(command: string, ...args: string[]): Promise<Finding[]> {
  return JSON.parse((await graph(command, '--format', 'json', ...args)).text).findings;
}

describe('a schema in several files', () => {
  it('is composed, linted and compared as one', async () => {
    expect(await graph('compose')).toMatchObject({ code: 0 });
    expect(repository.read('schema/supergraph.graphql')).toContain('currency: String');
    expect(await graph('lint')).toMatchObject({ code: 0, text: expect.stringContaining('nothing found') });
    expect(await generateResolverTypes(`${repository.root}/subgraphs/users`)).toContain('export type Money');
  });

  it('is told of at the place in its file, where it does not parse or compose', async () => {
    repository.write(TYPES, MONEY.replace('cents:', 'cents'));
    const unreadable = { code: 'INVALID_GRAPHQL', subgraph: 'users', file: TYPES, line: 4, source: '  cents Int' };
    expect(await findings('compose')).toMatchObject([unreadable]);
    expect(await findings('lint')).toMatchObject([unreadable]);
    repository.write(TYPES, MONEY.replace('Int', 'Ont'));
    expect(await findings('compose')).toMatchObject([
      { code: 'INVALID_GRAPHQL', file: TYPES, line: 4, column: 10, source: '  cents: Ont', coordinate: 'Money.cents' },
    ]);
  });

  it('is compared with another one, a folder or a git ref, in which another file changed', async () => {
    using base = written();
    const git = (...args: string[]) => execFileSync('git', ['-C', base.root, ...args], { stdio: 'pipe' });
    git('init', '-q');
    git('add', '.');
    git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-qm', 'first');
    const check = (against: string) =>
      runGraph('check', '--root', base.root, '--against', against, '--format', 'json').then(({ text }) =>
        JSON.parse(text).findings.filter(({ change }: Finding) => change !== undefined),
      );
    expect(await check('HEAD')).toEqual([]);
    base.write(TYPES, MONEY.replace('currency: String', 'code: String'));
    const changed = [
      {
        ...{ code: 'FIELD_REMOVED', coordinate: 'Money.currency', file: TYPES, line: 2, source: 'type Money {' },
        message: expect.stringContaining(`It was ${TYPES}:6 │ currency: String`),
        // Of compositions, which are kept by what they were made of.
        change: { layers: expect.arrayContaining(['supergraph', 'api']) },
      },
      { code: 'FIELD_ADDED', coordinate: 'Money.code', file: TYPES, line: 6 },
    ];
    expect(await check('HEAD')).toMatchObject(changed);
    expect(await check(repository.root)).toMatchObject(changed);
    repository.write(TYPES, base.read(TYPES));
    expect(await check(repository.root)).toEqual([]);
  });

  it('is linted and mended file by file', async () => {
    repository.write(TYPES, MONEY.replace('type Money', 'type Money @shareable').replace('  cents', '  Cents'));
    repository.write(path('types/user.graphql'), USER.replace('type User', 'type User @shareable'));
    expect(await findings('lint', '--rule', 'field-names', 'needless-shareable')).toMatchObject([
      { code: 'NEEDLESS_SHAREABLE', file: TYPES, line: 2, column: 12, source: 'type Money @shareable {' },
      { code: 'FIELD_NAMES', file: TYPES, line: 4 },
      { code: 'NEEDLESS_SHAREABLE', file: path('types/user.graphql'), line: 4 },
    ]);
    expect((await graph('lint', '--fix')).text).toContain('2 mended');
    expect(repository.read(TYPES)).toBe(MONEY.replace('  cents', '  Cents'));
    expect(repository.read(path('types/user.graphql'))).toBe(USER);
    expect(repository.read(path('schema.graphql'))).toBe(MAIN);
  });

  it('has comments that switch rules off in each file', async () => {
    const comment = '  # graph-lint-ignore field-names: clients know it\n  Cents';
    repository.write(TYPES, MONEY.replace('  cents', comment));
    repository.write(path('types/user.graphql'), USER.replace('  balance', comment.replace('Cents', 'balance')));
    expect(await findings('lint', '--rule', 'field-names')).toMatchObject([
      { code: 'UNUSED_IGNORE', file: path('types/user.graphql'), line: 6, column: 3 },
    ]);
  });
});

describe('imports that cannot be followed', () => {
  const circle = 'Files import each other: types/user.graphql → types/money.graphql → types/user.graphql.';
  const commands = ['compose', 'lint', 'lint --fix', 'check --against .', 'usage', 'line publish 1'];
  beforeEach(async () => {
    await graph('compose');
    repository.write('schema/check.yaml', 'usage: { store: usage }');
    repository.write('usage/.keep', '');
    repository.write(
      'schema/lines.yaml',
      `lines: [{ major: 1, version: 1.0.0, state: preview, supergraph: 'sha256:${'0'.repeat(64)}' }]`,
    );
    repository.write(TYPES, `# import './user.graphql'\n${MONEY}`);
  });

  it.each(commands)('exit 2: graph %s', async (line) => {
    const [command = '', ...args] = line.split(' ');
    expect(await graph(command, ...args)).toEqual({
      code: 2,
      text: `error CYCLIC_IMPORT  ${TYPES}:1:1\n  ${circle}`,
    });
  });

  it('are a report for programs', async () => {
    const { code, text } = await graph('compose', '--format=json');
    expect(code).toBe(2);
    expect(JSON.parse(text)).toEqual({
      command: 'graph compose',
      findings: [
        {
          ...{ severity: 'error', code: 'CYCLIC_IMPORT', message: circle },
          ...{ subgraph: 'users', file: TYPES, line: 1, column: 1 },
        },
      ],
      summary: 'could not run',
    });
    expect((await graph('lint', '--format', 'github')).text).toContain(`::error file=${TYPES},line=1,col=1`);
  });

  it('are told of the graph that is compared with', async () => {
    using sound = written();
    const { code, text } = await runGraph('check', '--root', sound.root, '--against', repository.root);
    expect(code).toBe(2);
    expect(text).toBe(`${repository.root} cannot be read: error CYCLIC_IMPORT  ${TYPES}:1:1\n  ${circle}`);
  });
});
