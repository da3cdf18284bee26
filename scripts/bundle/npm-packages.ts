import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** An npm package of which at least one module is in a bundle. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** As an SPDX expression. */
  readonly license: string;
  /** Of its archive, hexadecimal. */
  readonly sha512: string | undefined;
  /** Its licence and notice files; empty when it has none. */
  readonly licenseTexts: readonly string[];
}

interface Manifest {
  name: string;
  version: string;
  license?: string | { type: string };
  licenses?: { type: string }[];
}

const LICENSE_FILE = /^(licen[cs]e|copying|notice)([.-]|$)/i;

/**
 * The packages that modules belong to, by name and version.
 *
 * @param modules absolute paths; those of no package are left out
 * @throws Error for a package that states no licence: it may not be handed on
 */
export function npmPackages(root: string, modules: Iterable<string>): NpmPackage[] {
  const folders = new Set([...modules].flatMap((path) => packageFolder(path) ?? []));
  const lockfile = parse(readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')) as {
    packages: Record<string, { resolution: { integrity?: string } }>;
  };
  const packages = [...folders].map((folder) => {
    const { name, version, ...manifest } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    const license = licenseOf(manifest);
    if (license === undefined) throw new Error(`${name} ${version} states no licence.`);
    const integrity = lockfile.packages[`${name}@${version}`]?.resolution.integrity;
    return { name, version, license, sha512: hexOf(integrity), licenseTexts: licenseTextsIn(folder) };
  });
  const unique = new Map(packages.map((each) => [`${each.name}@${each.version}`, each]));
  return [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

/** Of the innermost package that a module is in. */
export function packageFolder(path: string): string | undefined {
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0];
}

function licenseOf({ license, licenses }: Omit<Manifest, 'name' | 'version'>): string | undefined {
  if (licenses !== undefined) return licenses.map(({ type }) => type).join(' OR ');
  return typeof license === 'object' ? license.type : license;
}

function hexOf(integrity: string | undefined): string | undefined {
  const [, base64] = /^sha512-(.+)$/.exec(integrity ?? '') ?? [];
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString('hex');
}

const licenseTextsIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => LICENSE_FILE.test(name))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n').trim());
