import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readFlowchart } from '../planning/testing/read-flowchart.ts';
import { runGraph } from '../testing/run-graph.ts';
import { type TemporaryRepository, temporaryRepository } from '../testing/temporary-repository.ts';

let repository: TemporaryRepository;
let file: string;
beforeEach(async () => {
  repository = temporaryRepository({
    orders:
      'type Query { order: Order }\ntype Order { buyer: User }\ntype User @key(fields: "id", resolvable: false) { id: ID! }',
    users: 'type Query { me: User }\ntype User @key(fields: "id") { id: ID! name: String }',
  });
  file = join(repository.root, 'page.graphql');
  expect((await runGraph('compose', '--root', repository.root)).code).toBe(0);
  repository.write('page.graphql', 'query Page { order { buyer { name } } }\nquery Other { me { name } }');
});
afterEach(() => repository[Symbol.dispose]());

const plan = (...args: string[]) => runGraph('plan', ...args, '--root', repository.root);

describe('graph plan', () => {
  test('shows the plan of an operation as a tree', async () => {
    const { code, text } = await plan(file, '--operation', 'Page');
    expect(code).toBe(0);
    expect(text).toMatch(/^query Page: 2 fetches, 2 deep, from orders, users\n\nsequence\n├─ fetch orders\n/);
    expect(text).toContain('└─ fetch users at order.buyer, by ... on User { id }');
    expect((await plan('--operation', 'Other', file)).text).toMatch(
      /^query Other: 1 fetch, 1 deep, from users\n\nfetch users\n/,
    );
  });

  test('and as a flowchart', async () => {
    const { code, text } = await plan(file, '--operation', 'Page', '--format', 'mermaid');
    expect(code).toBe(0);
    const { nodes, edges } = readFlowchart(text);
    expect(nodes.get('n0')?.label).toBe('query Page: 2 fetches, 2 deep, from orders, users');
    expect(edges.map(({ from, to }) => [from, to])).toEqual([
      ['n0', 'n1'],
      ['n1', 'n2'],
    ]);
  });

  test('and as JSON', async () => {
    const { code, text } = await plan(file, '--operation', 'Page', '--format', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(text)).toMatchObject({
      ...{ operation: 'Page', fetches: 2, depth: 2, subgraphs: ['orders', 'users'] },
      plan: { kind: 'sequence', steps: [{ kind: 'fetch', subgraph: 'orders', path: '' }, { path: 'order.buyer' }] },
    });
  });

  test('of what no subgraph is asked for', async () => {
    repository.write('page.graphql', '{ __typename }');
    expect(await plan(file)).toEqual({ code: 0, text: 'query: no fetches' });
    expect((await plan(file, '--format', 'mermaid')).text).toBe('flowchart TD\n  n0(["query: no fetches"])');
    expect(JSON.parse((await plan(file, '--format', 'json')).text)).toEqual({
      operation: null,
      fetches: 0,
      depth: 0,
      subgraphs: [],
      plan: null,
    });
  });

  test('by another supergraph', async () => {
    using other = temporaryRepository({
      one: 'type Query { order: Order }\ntype Order { buyer: User }\ntype User { name: String }',
    });
    await runGraph('compose', '--root', other.root);
    repository.write('page.graphql', 'query Page { order { buyer { name } } }');
    const { text } = await plan(file, '--supergraph', join(other.root, 'schema/supergraph.graphql'));
    expect(text).toMatch(/^query Page: 1 fetch, 1 deep, from one\n/);
  });

  test.each([
    ['a field that is not there', 'query Page {\n  order { nobody }\n}', 2, 11, 'Cannot query field "nobody"'],
    ['a syntax error', 'query Page {\n  order(', 2, 9, 'Syntax Error'],
  ])('finds %s, at its place', async (_, text, at, column, message) => {
    repository.write('page.graphql', text);
    const result = await plan(file);
    expect(result.code).toBe(1);
    expect(result.text).toContain(`error DOCUMENT_NOT_VALID  page.graphql:${at}:${column}`);
    expect(result.text).toContain(message);
    const json = JSON.parse((await plan(file, '--format', 'json')).text);
    expect(json.findings).toMatchObject([{ code: 'DOCUMENT_NOT_VALID', line: at, column }]);
  });

  test.each([
    ['no document', [], 'graph plan takes one document.'],
    ['two documents', ['a', 'b'], 'graph plan takes one document.'],
    ['a file that is missing', ['nowhere.graphql'], 'nowhere.graphql is missing.'],
    ['an unknown format', ['FILE', '--format', 'dot'], '--format takes one of text, json, mermaid.'],
    ['several operations', ['FILE'], '--operation takes one of Page, Other.'],
    [
      'an operation that is not there',
      ['FILE', '--operation', 'Pag'],
      'The document has no operation Pag; did you mean Page?',
    ],
    ['a supergraph that is missing', ['FILE', '--supergraph', 'nowhere'], 'nowhere is missing.'],
  ])('could not run with %s', async (_, args, message) => {
    const { code, text } = await plan(...args.map((arg) => (arg === 'FILE' ? file : arg)));
    expect(code).toBe(2);
    expect(text).toContain(message);
    expect(text).not.toMatch(/\n\s+at /);
  });

  test('could not run without an operation', async () => {
    repository.write('page.graphql', 'fragment F on User { name }\n');
    // graphql-js calls a fragment that nobody uses an error; a document of none at all does not parse.
    expect((await plan(file)).code).toBe(1);
  });

  test('reads standard input', async () => {
    const main = fileURLToPath(new URL('../main.ts', import.meta.url));
    const result = await new Promise<string>((resolve) => {
      const child = execFile(process.execPath, [main, 'plan', '-', '--root', repository.root], (_, stdout) =>
        resolve(stdout),
      );
      child.stdin?.end('query Me { me { name } }');
    });
    expect(result).toMatch(/^query Me: 1 fetch, 1 deep, from users\n/);
  });
});
