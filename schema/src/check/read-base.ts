import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { SourceError } from '../subgraphs.ts';
import { git } from './git.ts';

/** What a check compares with: a repository's folder, or the supergraph that is served. */
export type Base =
  | {
      readonly kind: 'repository';
      readonly root: string;
      readonly label: string;
      /** That it is of, where it is one. */
      readonly commit?: string;
      dispose(): void;
    }
  | { readonly kind: 'supergraph'; readonly sdl: string; readonly label: string; dispose(): void };

const FETCH_TIMEOUT_MS = 30_000;
/** What a check reads of a repository. */
const PATHS = ['subgraphs', 'schema'];
const IS_READ = /^subgraphs\/[^/]+\/(?:.+\.graphql|config\.yaml)$|^schema\/lines\.yaml$/;

/**
 * @param against an URL or a file with a supergraph, a folder with subgraphs/, or a git ref of the repository at `root`.
 * @throws SourceError when it cannot be read.
 */
export async function readBase(against: string, root: string): Promise<Base> {
  if (/^https?:\/\//.test(against)) return supergraph(await download(against), against);
  const path = resolve(against);
  if (!existsSync(path)) return atRef(against, root);
  if (statSync(path).isDirectory()) return { kind: 'repository', root: path, label: against, dispose: () => {} };
  return supergraph(readFileSync(path, 'utf8'), against);
}

const supergraph = (sdl: string, label: string): Base => ({ kind: 'supergraph', sdl, label, dispose: () => {} });

async function download(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    if (!response.ok) throw new SourceError(`${url} answers ${response.status}.`);
    return await response.text();
  } catch (error) {
    if (error instanceof SourceError) throw error;
    const { cause, name } = error as Error & { cause?: { code?: string } };
    throw new SourceError(`${url} cannot be read: ${cause?.code ?? name}.`);
  }
}

/** The files of a commit, written to a folder of their own. */
async function atRef(ref: string, root: string): Promise<Base> {
  const said = await git(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]).catch(
    () => {
      throw new SourceError(`${ref} is neither a file, a folder, an URL, nor a git ref of ${root}.`);
    },
  );
  const commit = said.trim();
  const listed = await git(root, ['ls-tree', '-r', '--name-only', '-z', commit, '--', ...PATHS]);
  const folder = mkdtempSync(join(tmpdir(), 'tributary-base-'));
  const dispose = () => rmSync(folder, { recursive: true, force: true });
  try {
    for (const path of listed.split('\0').filter((each) => IS_READ.test(each))) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), await git(root, ['show', `${commit}:./${path}`]));
    }
  } catch (error) {
    dispose();
    throw error;
  }
  return { kind: 'repository', root: folder, label: ref, commit, dispose };
}
