import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSdl } from './read-sdl.ts';
import { readSdlFolder } from './read-sdl-folder.ts';

/** The paths of what is read from files that a folder would hold. */
const pathsOf = (files: Record<string, string>) => readSdl((path) => files[path]).map(({ path }) => path);
const importing = (...lines: string[]) => ({
  'schema.graphql': lines.join('\n'),
  'a.graphql': 'type A { x: Int }',
  'types/b.graphql': 'type B { x: Int }',
});

describe('an import', () => {
  test.each([
    ['# import "./a.graphql"'],
    ['#import "./a.graphql"'],
    ["# import './a.graphql'"],
    ['# import "a.graphql"'],
    ['# import "./types/../a.graphql"'],
    ['# import * from "./a.graphql"'],
    ["#import './a.graphql';  "],
    ['\ufeff\n# Of users.\n\n  # import "./a.graphql"'],
  ])('is read from %j', (text) => {
    expect(pathsOf(importing(text, 'type Query { a: A }'))).toEqual(['a.graphql', 'schema.graphql']);
  });

  test.each([
    ['a comment that speaks of one', '# imports "./a.graphql" no more'],
    ['a comment about what is imported', '# import duties are in cents'],
    ['a text in quotes', '"""\n# import "./a.graphql"\n"""'],
  ])('is not %s', (_, text) => {
    expect(pathsOf(importing(text, 'type Query { a: Int }'))).toEqual(['schema.graphql']);
  });

  test('is relative to the file that has it, and its text is not changed', () => {
    const files = {
      'schema.graphql': '# import "./types/b.graphql"\r\ntype Query { b: B }',
      'types/b.graphql': '# import "../a.graphql"\n# import "./c.graphql"\ntype B { a: A c: C }',
      'types/c.graphql': 'type C { x: Int }',
      'a.graphql': 'type A { x: Int }\n',
    };
    const paths = ['a.graphql', 'types/c.graphql', 'types/b.graphql', 'schema.graphql'] as const;
    expect(readSdl((path) => files[path as keyof typeof files])).toEqual(
      paths.map((path) => ({ path, text: files[path] })),
    );
  });

  test('of a file that several import is read once', () => {
    const files: Record<string, string> = {
      'schema.graphql': '# import "./a.graphql"\n# import "./b.graphql"\n# import "./b.graphql"',
      'a.graphql': '# import "./money.graphql"\ntype A { x: Int }',
      'b.graphql': '# import "./money.graphql"\ntype B { x: Int }',
      'money.graphql': 'scalar Money',
    };
    const read: string[] = [];
    const found = readSdl((path) => {
      read.push(path);
      return files[path];
    });
    expect(read).toEqual(['schema.graphql', 'a.graphql', 'money.graphql', 'b.graphql']);
    expect(found.map(({ path }) => path)).toEqual(['money.graphql', 'a.graphql', 'b.graphql', 'schema.graphql']);
  });

  test('above a syntax error is followed: parsing says what is wrong', () => {
    expect(pathsOf(importing('# import "./a.graphql"', 'type Query { "'))).toEqual(['a.graphql', 'schema.graphql']);
  });
});

describe('an import that cannot be followed:', () => {
  const cases: [string, string, string, string][] = [
    ['of itself', '# import "./schema.graphql"', 'CYCLIC_IMPORT', 'schema.graphql → schema.graphql'],
    ['of what is not there', '# import "./c.graphql"', 'IMPORT_NOT_FOUND', 'imports c.graphql, which is not there.'],
    ['out of the folder', '# import "../a.graphql"', 'IMPORT_OUTSIDE', 'imports ../a.graphql, which is outside'],
    ['out of it on a detour', '# import "./types/../../x.graphql"', 'IMPORT_OUTSIDE', 'which is outside'],
    ['of an absolute path', '# import "/a.graphql"', 'IMPORT_OUTSIDE', 'which is outside'],
    ['of a drive', '# import "C:/a.graphql"', 'IMPORT_OUTSIDE', 'which is outside'],
    ['of a part of a file', '# import A, B from "./a.graphql"', 'INVALID_IMPORT', 'only whole .graphql files'],
    ['without quotes', '# import ./a.graphql', 'INVALID_IMPORT', 'only whole .graphql files'],
    ['of another kind of file', '# import "./a.json"', 'INVALID_IMPORT', 'only whole .graphql files'],
    ['below a definition', 'scalar X\n# import "./a.graphql"', 'INVALID_IMPORT', 'below a definition'],
  ];
  test.each(cases)('%s', (_, text, code, message) => {
    const line = text.split('\n').length + 1;
    expect(() => pathsOf(importing('# Of users.', text))).toThrow(
      expect.objectContaining({ code, path: 'schema.graphql', line, message: expect.stringContaining(message) }),
    );
  });

  test('a circle is told where it closes, and without what leads to it', () => {
    const files = {
      'schema.graphql': '# import "./a.graphql"',
      'a.graphql': '\n# import "./types/b.graphql"',
      'types/b.graphql': '# import "./c.graphql"\n\n\n# import "../a.graphql"',
      'types/c.graphql': 'scalar C',
    };
    expect(() => pathsOf(files)).toThrow(
      expect.objectContaining({
        ...{ code: 'CYCLIC_IMPORT', path: 'types/b.graphql', line: 4 },
        message: 'Files import each other: a.graphql → types/b.graphql → a.graphql.',
      }),
    );
  });
});

test('a folder is read from disk; another folder is no file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-sdl-'));
  try {
    expect(() => readSdlFolder(folder)).toThrow('schema.graphql is missing.');
    mkdirSync(join(folder, 'types.graphql'));
    writeFileSync(join(folder, 'types.graphql/a.graphql'), 'scalar A');
    writeFileSync(join(folder, 'schema.graphql'), '# import "./types.graphql/a.graphql"');
    expect(readSdlFolder(folder).map(({ text }) => text)).toEqual(['scalar A', '# import "./types.graphql/a.graphql"']);
    for (const path of ['./types.graphql', './types.graphql/a.graphql/b.graphql']) {
      writeFileSync(join(folder, 'schema.graphql'), `# import "${path}"`);
      expect(() => readSdlFolder(folder)).toThrow(expect.objectContaining({ code: 'IMPORT_NOT_FOUND' }));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
