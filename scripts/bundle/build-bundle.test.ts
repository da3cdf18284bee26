import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bundle, buildBundle } from './build-bundle.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-bundle-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const filesIn = (path: string): string[] =>
  (readdirSync(path, { recursive: true }) as string[]).filter((name) => statSync(join(path, name)).isFile()).sort();

describe('the bundle of a subgraph', () => {
  let out: string;
  let bundle: Bundle;
  beforeAll(async () => {
    out = join(folder, 'inventory');
    bundle = await buildBundle(root, 'inventory', out);
  });

  const read = (name: string) => readFileSync(join(out, name), 'utf8');

  test('has its program and all that it reads, and no configuration', () => {
    const files = filesIn(out).filter(
      (name) => !/^(media|migrations)\//.test(name) && !/^dist\/.*-[\w-]{8}\.js$/.test(name),
    );
    expect(files).toEqual([
      'LICENSE',
      'NOTICE',
      'THIRD_PARTY_LICENSES.txt',
      'dist/main.js',
      'sbom.cdx.json',
      'schema.graphql',
      'src/demo/catalogue.json',
    ]);
    expect(filesIn(out)).toContain('migrations/meta/_journal.json');
    expect(filesIn(join(out, 'media'))).toEqual(filesIn(join(root, 'subgraphs/inventory/media')));
    expect(readdirSync(join(out, 'dist'))).toHaveLength(bundle.files);
  });

  test('asks for no package that is not in it', () => {
    const code = readdirSync(join(out, 'dist')).map((name) => read(`dist/${name}`));
    const imported = code.flatMap((text) =>
      [...text.matchAll(/^import [^;]*? ?from "([^"]+)"/gm)].map(([, name]) => name),
    );
    expect(imported).toContain('node:fs');
    expect(imported.filter((name) => !/^(node:)?[\w/]+$|^\.\/[\w.-]+\.js$/.test(name ?? ''))).toEqual([]);
  });

  test('tells in CycloneDX which packages it has code of', () => {
    const bill = JSON.parse(read('sbom.cdx.json'));
    expect(bill).toMatchObject({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      version: 1,
      metadata: { component: { type: 'application', name: 'tributary-inventory', version: expect.any(String) } },
    });
    for (const component of bill.components) {
      expect(component).toMatchObject({
        type: 'library',
        name: expect.stringMatching(/^[^@/]+$/),
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
        purl: expect.stringMatching(/^pkg:npm\/(%40[^/]+\/)?[^/]+@\d/),
        hashes: [{ alg: 'SHA-512', content: expect.stringMatching(/^[\da-f]{128}$/) }],
      });
      const [{ license, expression }] = component.licenses;
      expect(license?.id ?? expression, component.purl).toMatch(/^[\w.+() -]+$/);
    }
    const names = bill.components.map(({ group, name }: { group?: string; name: string }) =>
      group === undefined ? name : `${group}/${name}`,
    );
    expect(names).toEqual(expect.arrayContaining(['graphql', 'pg', 'fastify', '@apollo/subgraph', 'drizzle-orm']));
    for (const absent of ['vitest', 'typescript', 'rolldown', '@electric-sql/pglite'])
      expect(names).not.toContain(absent);
    const references = [bill.metadata.component, ...bill.components].map((each) => each['bom-ref']);
    expect(new Set(references).size).toBe(references.length);
    expect(bill.dependencies.map(({ ref }: { ref: string }) => ref)).toEqual(references);
  });

  test('brings the licences of these packages', () => {
    const licenses = read('THIRD_PARTY_LICENSES.txt');
    for (const { name, version, license } of bundle.packages)
      expect(licenses).toContain(`${name} ${version} (${license})`);
    expect(licenses).toContain('Copyright (c) GraphQL Contributors');
    expect(licenses).not.toContain('vitest');
  });

  test('is the same, byte by byte, when it is made again in another folder', async () => {
    const again = join(folder, 'elsewhere/and deeper');
    await buildBundle(root, 'inventory', again);
    expect(filesIn(again)).toEqual(filesIn(out));
    for (const name of filesIn(out)) {
      expect(readFileSync(join(again, name)).equals(readFileSync(join(out, name))), name).toBe(true);
    }
  });
});

test('a folder that has something in it is left alone', async () => {
  const out = join(folder, 'taken');
  mkdirSync(out);
  writeFileSync(join(out, 'mine.txt'), 'mine');
  await expect(buildBundle(root, 'users', out)).rejects.toThrow('is not empty');
});

describe('a service of a few files', () => {
  /** A repository with one subgraph, of these sources. */
  function repository(sources: Record<string, string>): string {
    const made = mkdtempSync(join(folder, 'repository-'));
    for (const name of ['LICENSE', 'NOTICE', 'package.json', 'pnpm-lock.yaml'])
      cpSync(join(root, name), join(made, name));
    const all = { 'schema.graphql': 'type Query { one: Int }', 'src/main.ts': '', ...sources };
    for (const [path, text] of Object.entries(all)) {
      const file = join(made, 'subgraphs/small', path);
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, text);
    }
    return made;
  }

  test('each src/<name>/main.ts is a program, a worker is one, and its files keep their places', async () => {
    const made = repository({
      'src/main.ts': `
        import { readFileSync } from 'node:fs';
        import { Worker } from 'node:worker_threads';
        console.log(readFileSync(new URL('words/hello.txt', import.meta.url), 'utf8'));
        console.log(readFileSync(new URL('schema.graphql', new URL('..', import.meta.url)), 'utf8'));
        new Worker(new URL('./parts/count-worker.ts', import.meta.url));`,
      'src/words/hello.txt': 'hello',
      'src/parts/count-worker.ts': 'console.log(1 as number);',
      'src/second/main.ts': 'console.log(2)',
    });
    const out = join(made, 'out');
    await buildBundle(made, 'small', out);
    expect(filesIn(join(out, 'dist'))).toEqual(['count-worker.js', 'main.js', 'second.js']);
    expect(readFileSync(join(out, 'src/words/hello.txt'), 'utf8')).toBe('hello');
    const main = readFileSync(join(out, 'dist/main.js'), 'utf8');
    for (const path of ['../src/words/hello.txt', '../', './count-worker.js'])
      expect(main).toMatch(`new URL('${path}', import.meta.url)`.replaceAll("'", '"'));
  });

  test.each([
    [
      'graphql in two copies',
      {
        'src/main.ts':
          "import * as a from 'graphql/version.js'; import * as b from 'graphql/version.mjs'; console.log(a.version, b.version);",
      },
      'graphql more than once',
    ],
    ['a path that nobody can follow', { 'src/main.ts': 'console.log(import.meta.dirname);' }, 'a bundle only follows'],
    ['a file that is not there', { 'src/main.ts': "new URL('none.txt', import.meta.url);" }, 'which does not exist'],
    ['a package that is not installed', { 'src/main.ts': "import 'not-installed';" }, 'not-installed'],
    ['PGlite at its start', { 'src/main.ts': "import '@electric-sql/pglite';" }, 'imports @electric-sql/pglite'],
  ])('%s is refused', async (_, sources, message) => {
    const made = repository(sources);
    symlinkSync(join(root, 'node_modules'), join(made, 'node_modules'));
    await expect(buildBundle(made, 'small', join(made, 'out'))).rejects.toThrow(message);
  });

  test.each(['_template', 'nothing', '../gateway', ''])('%j is no service', async (service) => {
    await expect(buildBundle(root, service, join(folder, 'none'))).rejects.toThrow('neither gateway nor tools');
  });
});
