// biome-ignore-all lint/suspicious/noTemplateCurlyInString: sources of TypeScript in texts.
import { join } from 'node:path';
import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { temporaryRepository } from '../testing/temporary-repository.ts';
import { extractOperations } from './extract-operations.ts';
import { sourceFiles } from './source-files.ts';

/** What a folder of source files has: operations by name, and findings as `CODE file:line:column`. */
function extract(files: Record<string, string>) {
  using repository = temporaryRepository({});
  for (const [path, text] of Object.entries(files)) repository.write(`app/${path}`, text);
  const folder = join(repository.root, 'app');
  const { operations, findings } = extractOperations(sourceFiles(folder), ({ file, line, column }, finding) => ({
    ...{ severity: 'error', ...finding, file: file.path.slice(folder.length + 1), line, column },
  }));
  for (const { text } of operations) parse(text);
  return {
    operations: Object.fromEntries(operations.map(({ name, text }) => [name, text])),
    found: findings.map(({ code, file, line, column }) => `${code} ${file}:${line}:${column}`),
    findings,
  };
}

/** The text of an operation that selects one field. */
const query = (name: string, field = 'id') => `query ${name} {\n  ${field}\n}\n`;

describe('operations are found in', () => {
  test.each([
    ['a .graphql file', 'a.graphql', query('A')],
    ['a .gql file', 'a.gql', 'query A { id }'],
    ['a template tagged gql', 'a.ts', 'export const A = gql`query A { id }`;'],
    ['a template tagged graphql', 'a.js', 'graphql`query A { id }`;'],
    ['a template with a type', 'a.ts', 'const A = gql<Result, Variables>`query A { id }`;'],
    ['a tag of a namespace', 'a.ts', 'const A = Apollo.gql`query A { id }`;'],
    [
      'a tag by another name',
      'a.ts',
      'import { gql as query } from "@apollo/client";\nconst A = query`query A { id }`;',
    ],
    ['a tag that graphql-tag gives', 'a.mjs', 'import tag from "graphql-tag";\nconst A = tag`query A { id }`;'],
    ['a call with a template', 'a.tsx', 'const A = graphql(`query A { id }`);'],
    ['a call with a text', 'a.cts', "const A = gql('query A { id }');"],
    ['a template behind the comment', 'a.ts', 'const A = /* GraphQL */ `query A { id }`;'],
    ['a text behind the comment', 'a.jsx', 'const A = /*GraphQL*/ "query A { id }";'],
    ['a template in parentheses behind the comment', 'a.ts', 'const A = /* GraphQL */ (`query A { id }`) as const;'],
    [
      'an attribute of JSX',
      'a.tsx',
      "const A = () => <p>Don't {`x`} // it's <Query query={gql`query A { id }`} /></p>;",
    ],
    [
      'a class, behind a decorator',
      'a.ts',
      '@Page({ query: gql`query A { id }` })\nclass A { private readonly x!: string }',
    ],
    [
      'a function behind regular expressions',
      'a.ts',
      'const r = /`"\\/[/`]/g; const f = () => 4 / 2 / gql`query A { id }`.length;',
    ],
    ['a template in a template', 'a.ts', 'const s = `${`${gql`query A { id }`}`}`;'],
    ['a file with other than ASCII before it', 'a.ts', 'const s = "😀 ü";\nconst A = gql`query A { id }`;'],
  ])('%s', (_, path, text) => {
    expect(extract({ [path]: text })).toEqual({ operations: { A: query('A') }, found: [], findings: [] });
  });

  test('several in one text, each by itself, with all kinds', () => {
    const { operations, found } = extract({ 'a.ts': 'gql`query A { id } mutation B { id } subscription C { id }`' });
    expect(found).toEqual([]);
    expect(Object.values(operations).map((text) => text.split(' ')[0])).toEqual(['query', 'mutation', 'subscription']);
  });
});

describe('nothing is found in', () => {
  test.each([
    [
      'comments and texts',
      'a.ts',
      '// gql`query A { id }`\n/* gql`query A { id }` */ const s = "gql`query A { id }`"; const t = `\\`query A { id }\\``;',
    ],
    ['another tag', 'a.ts', 'const A = sql`query A { id }`;'],
    ['the definitions of a schema', 'a.ts', 'const typeDefs = gql`type Query { a: Int }`;'],
    [
      'calls of the function that executes',
      'a.ts',
      'import { graphql } from "graphql";\nawait graphql({ schema, source }); await graphql(schema, source);',
    ],
    ['installed packages, hidden folders and declarations', 'node_modules/a/a.ts', 'gql`query A { id }`'],
    ['hidden folders', '.next/a.ts', 'gql`query A { id }`'],
    ['declarations of types', 'a.d.ts', 'declare const a: string;'],
  ])('%s', (_, path, text) => {
    const { operations, found } = extract({ [path]: text, 'other.ts': '' });
    expect({ operations, found }).toEqual({ operations: {}, found: [] });
  });
});

describe('a document has the fragments that it needs', () => {
  const A = `query A {\n  me {\n    ...F\n  }\n}\n\nfragment F on User {\n  id\n}\n`;
  const use = 'query A { me { ...F } }';
  const F = 'fragment F on User { id }';
  test.each([
    ['of the same text', { 'a.ts': `gql\`${use} ${F} fragment G on User { id }\`` }],
    ['of another text of the file', { 'a.ts': `gql\`${use}\`; gql\`${F}\`` }],
    ['of another file', { 'a.ts': `gql\`${use}\``, 'b/f.graphql': F }],
    ['that are interpolated', { 'a.ts': `const F = gql\`${F}\`; gql\`${use} \${F}\`` }],
    ['that are interpolated before they are defined', { 'a.ts': `gql\`\${F} ${use}\`; const F = gql\`${F}\`;` }],
    [
      'that are imported',
      { 'a.ts': `import { F } from './b/f'; gql\`${use} \${F}\``, 'b/f.ts': `export const F = gql\`${F}\`` },
    ],
    [
      'that are imported with the ending of what is built',
      { 'a.ts': `import { F } from './f.js'; gql\`${use} \${F}\``, 'f.ts': `export const F = gql\`${F}\`` },
    ],
    [
      'that are imported under another name',
      {
        'a.ts': `import { F as X } from './f'; gql\`${use} \${X}\``,
        'f.tsx': `const Y = gql\`${F}\`; export { Y as F };`,
      },
    ],
    [
      'that are a default export',
      { 'a.ts': `import X from './f'; gql\`${use} \${X}\``, 'f.js': `export default gql\`${F}\`` },
    ],
    [
      'that are the default export by name',
      { 'a.ts': `import X from './f'; gql\`${use} \${X}\``, 'f.js': `const F = gql\`${F}\`; export default F;` },
    ],
    [
      'of a folder that exports all',
      {
        'a.ts': `import { F } from './all'; gql\`${use} \${F}\``,
        'all/index.ts': "export * from './more';",
        'all/more.ts': "export { F } from './f';",
        'all/f.ts': `export const F = gql\`${F}\``,
      },
    ],
    [
      'of a module as a whole',
      { 'a.ts': `import * as all from './f'; gql\`${use} \${all.F}\``, 'f.ts': `export const F = gql\`${F}\`` },
    ],
    [
      'of a part that is exported as a whole',
      {
        'a.ts': `import { all } from './i'; gql\`${use} \${all.F}\``,
        'i.ts': "export * as all from './f';",
        'f.ts': `export const F = gql\`${F}\``,
      },
    ],
    [
      'of an object',
      {
        'a.ts': `import { x } from './f'; gql\`${use} \${x.user.F}\``,
        'f.ts': `export const x = { user: { F: gql\`${F}\` } } as const;`,
      },
    ],
    ['of an object by another name', { 'a.ts': `const x = { F: gql\`${F}\` }; const y = x; gql\`${use} \${y.F}\`` }],
    [
      'of a path that only a bundler knows, where one file exports the name',
      { 'a.ts': `import { F } from '@/f'; gql\`${use} \${F}\``, 'f.ts': `export const F = gql\`${F}\`` },
    ],
    ['of a .graphql file', { 'a.ts': `import F from './f.graphql'; gql\`${use} \${F}\``, 'f.graphql': F }],
    ['that stand in the template itself', { 'a.ts': `gql\`${use} \${gql\`${F}\`}\`` }],
    ['that are appended to a text', { 'a.ts': `const F = '${F}'; const A = /* GraphQL */ '${use}' + ' ' + F;` }],
    [
      'that come twice, and are the same',
      { 'a.ts': `const F = gql\`${F}\`; const G = gql\`\${F}\`; gql\`${use} \${F} \${G}\`` },
    ],
    [
      'and which others spread too',
      { 'a.ts': `gql\`${use}\``, 'f.graphql': F, 'g.graphql': 'fragment G on User { ...F }' },
    ],
  ])('%s', (_, files) => {
    const { operations, found } = extract(files as Record<string, string>);
    expect({ operations, found }).toEqual({ operations: { A }, found: [] });
  });

  test('and those that these need, in the order in which they are met, each once', () => {
    const { operations } = extract({
      'a.graphql': 'query A { me { ...F ...G } }',
      'f.graphql': 'fragment H on User { id } fragment G on User { ...H } fragment F on User { best { ...G } }',
    });
    expect(operations.A?.match(/fragment \w/g)).toEqual(['fragment F', 'fragment G', 'fragment H']);
  });

  test('its own before those of the same name elsewhere', () => {
    const { operations, found } = extract({
      'a.graphql': 'query A { me { ...F } } fragment F on User { name }',
      'b.graphql': 'query B { me { ...F } } fragment F on User { age }',
    });
    expect(found).toEqual([]);
    expect([operations.A?.includes('name'), operations.B?.includes('age')]).toEqual([true, true]);
  });
});

describe('interpolations are parts of texts, too', () => {
  test('lists of fields, names and numbers', () => {
    const files = {
      'a.ts':
        "const FIELDS = `id\n    name`; const FIRST = 10; const TYPE = 'user' as const;\ngql`query A { ${TYPE}(first: ${FIRST}) { ${FIELDS} } }`",
    };
    const { operations, found } = extract(files);
    expect({ operations, found }).toEqual({
      operations: { A: 'query A {\n  user(first: 10) {\n    id\n    name\n  }\n}\n' },
      found: [],
    });
  });

  test('marked themselves: a part is no document of its own', () => {
    const text = 'const FIELDS = /* GraphQL */ `id name`; gql`query A { me { ${FIELDS} } }`';
    expect(extract({ 'a.ts': text }).found).toEqual([]);
    expect(extract({ 'a.ts': text.replace('${FIELDS}', 'id') }).found).toEqual(['INVALID_GRAPHQL a.ts:1:31']);
  });
});

describe('what is known only when it runs is a finding at its place, never skipped:', () => {
  test.each([
    ['a variable', 'let F = gql`fragment F on User { id }`;\ngql`query A { me { ...F } } ${F}`', '2:31'],
    ['a computed member', 'const x = { F: gql`fragment F on User { id }` };\ngql`query A { id } ${x["F"]}`', '2:22'],
    ['a call', 'gql`query A { id ${fields()} }`', '1:20'],
    ['a choice', 'const F = big ? "id" : "name";\ngql`query A { ${F} }`', '2:17'],
    ['what is not defined', 'gql`query A { ${F} }`', '1:17'],
    ['what is imported from nowhere', "import { F } from './f';\ngql`query A { ${F} }`", '2:17'],
    ['what is imported and not exported', "import { F } from './b';\ngql`query A { ${F} }`", '2:17'],
    ['what two files export', "import { X } from '@/x';\ngql`query A { ${X} }`", '2:17'],
    [
      'a parameter with the name of a constant',
      'const F = "id";\nconst f = (F: string) => gql`query A { ${F} }`;',
      '2:42',
    ],
    [
      'a local of a function with the name of a constant',
      'const F = "id";\nfunction f() { const [{ F }] = x; return gql`query A { ${F} }`; }',
      '2:58',
    ],
    ['a text that holds itself', 'const F = gql`${F}`;\ngql`query A { ${F} }`', '1:17'],
    ['what gql is called with', 'const A = gql(text);', '1:15'],
    ['the rest of a sum', 'const A = /* GraphQL */ "query A { id }" + rest;', '1:44'],
    ['what stands behind the comment', 'const A = /* GraphQL */ text;', '1:25'],
    ['a constant that is an object', 'const F = { a: "id" };\ngql`query A { ${F} }`', '2:17'],
    ['objects that refer to each other', 'const x = y.a; const y = x.a;\ngql`query A { ${x.b} }`', '2:17'],
  ])('%s', (_, text, place) => {
    const { operations, found } = extract({
      ...{ 'a.ts': text, 'b.ts': 'const F = 1; export const X = "x";', 'c.ts': 'export const X = "y";' },
    });
    expect(operations).toEqual({});
    expect(new Set(found)).toEqual(new Set([`DOCUMENT_NOT_STATIC a.ts:${place}`]));
  });
});

describe('what is wrong is a finding at its place:', () => {
  test.each([
    [
      'a file that does not parse',
      { 'a.ts': 'const a = 1;\nconst = gql`query A { id }`;' },
      ['SOURCE_NOT_VALID a.ts:2:7'],
    ],
    [
      'a syntax error of GraphQL',
      { 'a.ts': 'const s = "ü😀";\n  gql`\n    query A {\n      me(\n    }`' },
      ['INVALID_GRAPHQL a.ts:5:5'],
    ],
    [
      'one in the line in which the template begins',
      { 'a.ts': 'const s = 1; gql`query A { me( }`' },
      ['INVALID_GRAPHQL a.ts:1:32'],
    ],
    [
      'one behind an interpolation',
      { 'a.ts': 'const F = `id\nname`;\ngql`query A { ${F}\n me( }`' },
      ['INVALID_GRAPHQL a.ts:4:6'],
    ],
    [
      'one in a file with line breaks of Windows',
      { 'a.ts': 'const s = 1;\r\ngql`query A {\r\n  me(\r\n}`' },
      ['INVALID_GRAPHQL a.ts:4:1'],
    ],
    ['an empty template', { 'a.ts': 'gql``' }, ['INVALID_GRAPHQL a.ts:1:5']],
    ['an operation without a name', { 'a.ts': 'gql`\n  { id }`' }, ['INVALID_DOCUMENT a.ts:2:3']],
    ['an unknown fragment', { 'a.graphql': 'query A {\n  me { ...F }\n}' }, ['UNKNOWN_FRAGMENT a.graphql:2:8']],
    [
      'an unknown fragment of a fragment',
      { 'a.graphql': 'query A { me { ...F } }', 'f.ts': 'gql`fragment F on User { ...G }`' },
      ['UNKNOWN_FRAGMENT f.ts:1:26'],
    ],
    [
      'fragments of one name that differ',
      {
        'a.graphql': 'query A { me { ...F } }',
        'b.graphql': 'fragment F on User { id }',
        'c.graphql': 'fragment F on User { name }',
      },
      ['DUPLICATE_FRAGMENT a.graphql:1:16'],
    ],
    [
      'fragments of one name that differ in one text',
      { 'a.graphql': 'query A { me { ...F } } fragment F on User { id } fragment F on User { name }' },
      ['DUPLICATE_FRAGMENT a.graphql:1:16'],
    ],
    [
      'operations of one name that differ',
      { 'a.graphql': 'query A { id }', 'b.ts': '\ngql`query A { name }`' },
      ['DUPLICATE_OPERATION b.ts:2:5'],
    ],
  ])('%s', (_, files, expected) => expect(extract(files as Record<string, string>).found).toEqual(expected));

  test('the message names the other place', () => {
    const { findings } = extract({ 'a.graphql': '\nquery A { id }', 'b.ts': 'gql`query A { name }`' });
    expect(findings[0]?.message).toBe('Another operation A stands in a.graphql, line 2.');
  });

  test('the same operation in two places is one', () => {
    const { operations, found } = extract({ 'a.graphql': '# For a.\nquery A { id }', 'b.ts': 'gql`query A { id }`' });
    expect({ operations, found }).toEqual({ operations: { A: `# For a.\n${query('A')}` }, found: [] });
  });
});

test('the comment right above an operation stays with it', () => {
  const { operations } = extract({
    'a.graphql':
      '# Copyright.\n\n#import "./f.graphql"\n# Shows the page.\n#  And more.\nquery A { id }\nquery B { id }\n\n# Not of C.\n\nquery C { id }',
  });
  expect(operations).toEqual({ A: `# Shows the page.\n#  And more.\n${query('A')}`, B: query('B'), C: query('C') });
});
