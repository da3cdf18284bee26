import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FORMATS } from '../formats/formats.ts';
import { runGraph } from '../testing/run-graph.ts';
import { type TemporaryRepository, temporaryRepository } from '../testing/temporary-repository.ts';

const VALUES = 'charts/tributary/values.yaml';
const above = '# Mine.\nservices: { alpha: {},   beta: {} }   # two\n# BEGIN edges\n';
const below = '# END edges\n\nlast:\n    - 1\n';
const EDGES = `edges:
  alpha:
    calls: [beta]
    broker: true
    database: true
  beta: {}
  gateway:
    calls: [alpha, beta]
`;
const supergraph = (...names: string[]) =>
  `enum join__Graph {\n${names.map((name, index) => `  G${index} @join__graph(name: "${name}", url: "http://${name}")`).join('\n')}\n}\n`;
const definition = (name: string, calls: string) =>
  `export const subgraph = {\n  name: '${name}',\n  calls: ${calls},\n};\n`;

let repository: TemporaryRepository;
beforeEach(() => {
  repository = temporaryRepository({ beta: 'type Query { b: Int }' });
  repository.write('schema/supergraph.graphql', supergraph('beta', 'alpha'));
  repository.write('subgraphs/alpha/src/subgraph.ts', definition('alpha', "['beta', 'beta']"));
  repository.write('subgraphs/alpha/src/events.ts', "export const done = { type: 'alpha.thing.done.v1', data: {} };");
  repository.write('subgraphs/alpha/migrations/0000_init.sql', '');
  repository.write('subgraphs/beta/src/subgraph.ts', "export const subgraph = { name: 'beta' };");
  repository.write('subgraphs/beta/src/events.ts', 'export const KINDS = [1];');
  repository.write(VALUES, above + below);
});
afterEach(() => repository[Symbol.dispose]());

const mesh = (...args: string[]) => runGraph('mesh', '--root', repository.root, ...args);
const findings = async (...args: string[]) => JSON.parse((await mesh('--format', 'json', ...args)).text).findings;

describe('graph mesh', () => {
  it('writes the edges between the markers, once, and leaves the rest byte for byte', async () => {
    const written = `written to ${join(repository.root, VALUES)}`;
    expect(await mesh()).toEqual({ code: 0, text: `2 subgraphs, 5 edges: ${written}` });
    expect(repository.read(VALUES)).toBe(above + EDGES + below);
    expect(await mesh()).toEqual({ code: 0, text: '2 subgraphs, 5 edges: up to date' });
    expect(await mesh('--check')).toEqual({ code: 0, text: '2 subgraphs, 5 edges: up to date' });
    expect(repository.read(VALUES)).toBe(above + EDGES + below);
  });

  it('replaces what stood there, with the line breaks of the file', async () => {
    const dos = (text: string) => text.replaceAll('\n', '\r\n');
    repository.write(VALUES, dos(`${above}edges: [\nnonsense\n${below}`));
    expect(await mesh()).toMatchObject({ code: 0 });
    expect(repository.read(VALUES)).toBe(dos(above + EDGES + below));
    expect(await mesh('--check')).toMatchObject({ code: 0 });
  });

  it('knows who hears events, too, and those who call each other', async () => {
    repository.write('subgraphs/beta/src/events.ts', "export const heard = { type: 'alpha.thing.done.v1', data: {} };");
    repository.write('subgraphs/beta/src/subgraph.ts', definition('beta', "['alpha']"));
    expect((await mesh('--print')).text).toContain('\n  beta:\n    calls: [alpha]\n    broker: true\n  gateway:');
  });

  it('knows the subgraphs of any supergraph, and no more of them', async () => {
    repository.write('other.graphql', supergraph('products', 'zoo', 'accounts', 'no'));
    const file = join(repository.root, 'other.graphql');
    const expected = {
      code: 0,
      text: expect.stringMatching(
        /^# Who .*\n# BEGIN edges\nedges:\n {2}accounts: \{\}\n {2}gateway:\n {4}calls: \[accounts, "no", products, zoo\]\n {2}"no": \{\}\n {2}products: \{\}\n {2}zoo: \{\}\n# END edges$/s,
      ),
    };
    using empty = temporaryRepository({});
    expect(await runGraph('mesh', '--root', empty.root, '--supergraph', file, '--print')).toEqual(expected);
    expect(await mesh('--supergraph', file, '--print')).toEqual(expected);
  });

  it('writes into another file, to which --print gave the markers', async () => {
    const { text } = await mesh('--print');
    repository.write('my.yaml', `${text.replace('calls: [beta]', 'calls: []')}\n`);
    expect(await mesh('--out', join(repository.root, 'my.yaml'))).toMatchObject({ code: 0 });
    expect(repository.read('my.yaml')).toBe(`${text}\n`);
    expect(repository.read(VALUES)).toBe(above + below);
  });
});

describe('graph mesh --check', () => {
  it('finds each edge that is missing, at the lines, and each that nothing declares, at its own', async () => {
    const stale = EDGES.replace('calls: [beta]', 'calls: [gateway]').replace('beta: {}', 'beta: { database: true }');
    repository.write(VALUES, above + stale + below);
    const { code, text } = await mesh('--check');
    expect(code).toBe(1);
    expect(text).toBe(`error EDGE_MISSING  ${VALUES}:4:1
  alpha calls beta, and the file does not say so.
  → Run npm run graph -- mesh, look at what changed, and commit it.

error EDGE_UNDECLARED  ${VALUES}:6:13
  alpha calls gateway, says the file, and nothing declares it.
    6 │     calls: [gateway]
      │             ^
  → Run npm run graph -- mesh, look at what changed, and commit it.

error EDGE_UNDECLARED  ${VALUES}:9:21
  beta has a database, says the file, and nothing declares it.
    9 │   beta: { database: true }
      │                     ^
  → Run npm run graph -- mesh, look at what changed, and commit it.

2 subgraphs, 5 edges: not in order`);
    expect(repository.read(VALUES)).toBe(above + stale + below);
  });

  it.each(FORMATS)('says it as %s', async (format) => {
    repository.write(VALUES, above + EDGES.replace('    broker: true\n', '') + below);
    const { code, text } = await mesh('--check', '--format', format);
    expect(code).toBe(1);
    expect(text).toContain('EDGE_MISSING');
    expect(text).toContain('alpha talks to the broker');
  });

  it.each([
    ['other spaces', EDGES.replace('[beta]', '[ beta ]')],
    ['a comment', `# By hand.\n${EDGES}`],
    ['a service that is none', `${EDGES}  gamma: {}\n`],
    ['a key that is none', EDGES.replace('beta: {}', 'beta: { cache: true }')],
    ['an edge that is switched off', EDGES.replace('beta: {}', 'beta: { broker: false }')],
    ['a second key', `${EDGES}more: 1\n`],
  ])('finds %s', async (_, body) => {
    repository.write(VALUES, above + body + below);
    expect(await findings('--check')).toMatchObject([{ code: 'EDGES_STALE', file: VALUES, line: 4 }]);
  });

  it.each([
    ['no YAML', 'edges: [\n'],
    ['nothing', ''],
    ['another kind of thing', 'edges: 5\n'],
    ['services that are none', 'edges: { alpha: 1, beta: { calls: 2 }, [1]: 3 }\n'],
  ])('finds every edge missing where there is %s', async (_, body) => {
    repository.write(VALUES, above + body + below);
    expect((await findings('--check')).map(({ code }: { code: string }) => code)).toEqual(
      Array(5).fill('EDGE_MISSING'),
    );
  });
});

describe('graph mesh refuses, and writes nothing', () => {
  it.each([
    [
      'a call of itself',
      definition('alpha', "['alpha']"),
      { code: 'CALLS_ITSELF', message: 'alpha says that it calls itself.', line: 3, column: 12 },
    ],
    [
      'a call of what is no subgraph',
      definition('alpha', "[\n    'beta',\n    'betta',\n  ]"),
      {
        code: 'CALLS_NOBODY',
        message: 'alpha says that it calls betta, which is no subgraph of the supergraph; did you mean beta?',
        ...{ line: 5, column: 6, source: "    'betta'," },
      },
    ],
    [
      'a call of the gateway',
      "const callees = ['gateway'];\nexport const subgraph = { name: 'alpha', calls: callees };",
      { code: 'CALLS_NOBODY' },
    ],
  ])('%s', async (_, text, finding) => {
    repository.write('subgraphs/alpha/src/subgraph.ts', text);
    for (const flags of [[], ['--check'], ['--print']]) {
      expect(await mesh(...flags)).toMatchObject({ code: 1, text: expect.stringContaining(finding.code) });
      expect(await findings(...flags)).toMatchObject([
        { severity: 'error', subgraph: 'alpha', file: 'subgraphs/alpha/src/subgraph.ts', ...finding },
      ]);
    }
    expect(repository.read(VALUES)).toBe(above + below);
  });

  it('a subgraph with the name of the gateway', async () => {
    repository.write('schema/supergraph.graphql', supergraph('alpha', 'gateway'));
    expect(await mesh()).toMatchObject({ code: 1, text: expect.stringContaining('error NAME_TAKEN  gateway') });
  });
});

describe('graph mesh could not run with', () => {
  const DEFINITION = 'subgraphs/alpha/src/subgraph.ts';
  it.each([
    [
      'a definition that throws',
      DEFINITION,
      "\n\nthrow new Error('no such thing');",
      `${DEFINITION}:3:`,
      'no such thing',
    ],
    ['one whose import does', DEFINITION, "import './other.ts';", 'subgraphs/alpha/src/other.ts:2:', 'other thing'],
    ['one that imports nothing', DEFINITION, "import './none.ts';", DEFINITION, 'none.ts'],
    ['one that is no TypeScript', DEFINITION, 'export const = 1;', DEFINITION, 'It cannot be loaded: '],
    ['a module without one', DEFINITION, 'export const service = {};', DEFINITION, 'no definition called subgraph'],
    [
      'one of another name',
      DEFINITION,
      definition('beta', '[]'),
      DEFINITION,
      "name is beta, and the folder's is alpha",
    ],
    ['calls that are no list', DEFINITION, definition('alpha', "'beta'"), DEFINITION, 'calls: expected a list of serv'],
    [
      'calls that are no names',
      DEFINITION,
      definition('alpha', '[1]'),
      DEFINITION,
      'calls: expected a list of services',
    ],
    ['events that throw', 'subgraphs/beta/src/events.ts', 'null.x;', 'subgraphs/beta/src/events.ts:1:', 'null'],
  ])('%s', async (_, file, text, place, message) => {
    repository.write('subgraphs/alpha/src/other.ts', "\nthrow new Error('other thing');");
    repository.write(file, text);
    const result = await mesh();
    expect(result).toEqual({ code: 2, text: expect.stringContaining(`error SUBGRAPH_NOT_LOADED  ${place}`) });
    expect(result.text).toContain(message);
    expect((await mesh('--check', '--format', 'github')).text).toContain('::error file=subgraphs/');
    expect(repository.read(VALUES)).toBe(above + below);
  });

  it.each([
    ['no first marker', below, 'It has no line `# BEGIN edges`.', undefined],
    ['no second marker', above, 'It has no line `# END edges`.', undefined],
    ['a marker that is damaged', `${above.replace('BEGIN edges', 'BEGIN edge')}${below}`, 'It has no line', undefined],
    ['a marker that is indented', `${above.replace('# BEGIN', '  # BEGIN')}${below}`, 'It has no line', undefined],
    ['a marker twice', above + above + below, 'It has the line `# BEGIN edges` again.', 6],
    ['markers in the wrong order', below + above, '`# END edges` stands above `# BEGIN edges`.', 1],
    ['edges elsewhere', `${above}${below}edges: {}\n`, 'edges is a key outside of the marked lines too.', 8],
  ])('%s', async (_, text, message, line) => {
    repository.write(VALUES, text);
    for (const flags of [[], ['--check']]) {
      expect(await mesh(...flags)).toMatchObject({ code: 2, text: expect.stringContaining(message) });
      const [finding] = await findings(...flags);
      expect(finding).toMatchObject({ code: 'EDGES_UNMARKED', file: VALUES });
      expect(finding.line).toBe(line);
    }
    expect(repository.read(VALUES)).toBe(text);
  });

  it.each([
    ['no supergraph', ['--supergraph', 'none.graphql'], 'none.graphql is missing.'],
    ['one that is no GraphQL', ['--supergraph', VALUES], 'is no supergraph: Syntax Error'],
    [
      'a schema that is none',
      ['--supergraph', 'subgraphs/beta/schema.graphql'],
      'is no supergraph: no enum join__Graph',
    ],
    ['no values file', ['--out', 'none.yaml'], 'none.yaml is missing.'],
    ['--print and --check', ['--print', '--check'], 'neither --check nor --out goes with it'],
    ['--print and --out', ['--print', '--out', VALUES], 'neither --check nor --out goes with it'],
    ['an unknown flag', ['--chek'], 'did you mean --check?'],
  ])('%s', async (_, args, message) => {
    const absolute = args.map((arg) => (arg.startsWith('--') ? arg : join(repository.root, arg)));
    expect(await mesh(...absolute)).toMatchObject({ code: 2, text: expect.stringContaining(message) });
    expect(existsSync(join(repository.root, 'none.yaml'))).toBe(false);
  });
});

describe('this repository', () => {
  it('has the edges of its graph in its chart', async () => {
    expect(await runGraph('mesh', '--check')).toMatchObject({ code: 0 });
  });
});
