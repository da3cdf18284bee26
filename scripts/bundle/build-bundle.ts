import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { type OutputChunk, rolldown } from 'rolldown';
import { type NpmPackage, npmPackages } from './npm-packages.ts';
import { oneCopyOf } from './one-copy-of.ts';
import { type ServiceParts, serviceParts } from './service-parts.ts';
import { softwareBill } from './software-bill.ts';
import { type SourceUrls, sourceUrls } from './source-urls.ts';
import { thirdPartyLicenses } from './third-party-licenses.ts';

export interface Bundle {
  /** Of all files of `dist/`. */
  readonly codeBytes: number;
  /** How many files `dist/` has. */
  readonly files: number;
  /** Those of which code is in it. */
  readonly packages: readonly NpmPackage[];
}

/** PGlite is a database for `npm start`, in WebAssembly that no bundle carries. It is only ever imported when asked for. */
const NOT_BUNDLED = ['@electric-sql/pglite'];

/**
 * Bundles a service with all that it reads at run time: `dist/` with its programs, the files that they read, licences, and
 * `sbom.cdx.json`. The same sources give the same bytes, in whatever folder.
 *
 * @param root the repository, with its packages installed
 * @param out a folder that is empty or not there yet
 * @param others further programs: their sources by their names
 * @throws Error for what is no service, and for a bundle that would not work
 */
export async function buildBundle(
  root: string,
  service: string,
  out: string,
  others: ServiceParts['entries'] = {},
): Promise<Bundle> {
  const own = serviceParts(root, service);
  const parts = { ...own, entries: { ...own.entries, ...others } };
  if (existsSync(out) && readdirSync(out).length > 0) throw new Error(`${out} is not empty.`);
  const urls = sourceUrls(root, join(root, parts.folder));
  const chunks = await writeCode(root, parts, urls, join(out, 'dist'));
  const modules = new Set(chunks.flatMap((chunk) => modulesOf(chunk)));
  oneCopyOf('graphql', modules);
  needsNothingElse(chunks, Object.keys(parts.entries));

  for (const path of parts.copied) copy(join(root, parts.folder, path), join(out, path));
  for (const [from, place] of urls.filesOf(modules)) copy(from, join(out, place));
  for (const name of ['LICENSE', 'NOTICE']) copy(join(root, name), join(out, name));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const packages = npmPackages(root, modules);
  const bill = softwareBill(`tributary-${service}`, version, packages);
  writeFileSync(join(out, 'sbom.cdx.json'), `${JSON.stringify(bill, null, 2)}\n`);
  writeFileSync(join(out, 'THIRD_PARTY_LICENSES.txt'), thirdPartyLicenses(packages));
  const codeBytes = chunks.reduce((sum, { code }) => sum + Buffer.byteLength(code), 0);
  return { codeBytes, files: chunks.length, packages };
}

async function writeCode(
  root: string,
  { entries }: ServiceParts,
  { plugin }: SourceUrls,
  dir: string,
): Promise<OutputChunk[]> {
  const bundle = await rolldown({
    input: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, resolve(root, path)])),
    cwd: root,
    platform: 'node',
    external: NOT_BUNDLED,
    plugins: [plugin],
    // Of our own modules only the programs do anything when they are loaded; of others, those that say so.
    treeshake: { moduleSideEffects: (id) => (id.includes('/node_modules/') ? undefined : false) },
    onLog(level, log) {
      if (level === 'warn') throw new Error(log.message);
    },
  });
  try {
    // Not minified: stack traces show the names of functions, and the lines around theirs say which source they are of.
    const { output } = await bundle.write({
      dir,
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: '[name]-[hash].js',
    });
    return output.filter((each) => each.type === 'chunk');
  } finally {
    await bundle.close();
  }
}

/** Those of which something is left. */
const modulesOf = ({ modules }: OutputChunk): string[] =>
  Object.entries(modules).flatMap(([id, { code }]) => (code === null ? [] : [id]));

/** @throws Error when a program cannot be loaded without a package that is not in the bundle */
function needsNothingElse(chunks: readonly OutputChunk[], programs: readonly string[]): void {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const loaded = new Set(programs.map((name) => `${name}.js`));
  for (const fileName of loaded) {
    for (const name of byName.get(fileName)?.imports ?? []) {
      if (byName.has(name)) loaded.add(name);
      else if (!isBuiltin(name)) throw new Error(`${fileName} imports ${name}, which is not in the bundle.`);
    }
  }
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true });
}
