import { type FSWatcher, watch } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type DocumentNode, print } from 'graphql';
import { SourceError } from '../sources/supergraph-source.ts';
import type { DocumentSource } from './document-source.ts';
import { parseTrusted } from './parse-trusted.ts';
import { readManifest } from './read-manifest.ts';
import { sha256Of, type TrustedDocument } from './trusted-documents.ts';

interface DocumentFile {
  path: string;
  /** The folder's name; undefined at the top, where manifests are everybody's. */
  app: string | undefined;
  text: string;
}

/** More than that is no set of documents: each process keeps them all. */
const MAX_BYTES = 32 * 1024 ** 2;

/** `<folder>/<app>/*.graphql`, and manifests: `<app>/*.json` of that application, `*.json` beside the folders. */
export function folderSource(folder: string): DocumentSource {
  let lastHash = '';
  let folders: string[] = [];
  let rewatch = () => {};
  return {
    name: folder,
    isLocal: true,
    async read() {
      const found = await filesIn(folder);
      folders = found.folders;
      rewatch();
      const hash = sha256Of(JSON.stringify(found.files));
      if (hash === lastHash) return undefined;
      const documents = (await Promise.all(found.files.map(documentsOf))).flat();
      lastHash = hash;
      return documents;
    },
    watch(changed) {
      const watchers = new Map<string, FSWatcher>();
      const close = (path: string) => {
        watchers.get(path)?.close();
        watchers.delete(path);
      };
      rewatch = () => {
        for (const path of watchers.keys()) if (!folders.includes(path)) close(path);
        for (const path of folders) {
          if (watchers.has(path)) continue;
          try {
            const watcher = watch(path, { persistent: false }, changed);
            watcher.on('error', () => close(path));
            watchers.set(path, watcher);
          } catch {
            // It is gone, or there are too many watchers: polling goes on.
          }
        }
      };
      rewatch();
      return () => {
        rewatch = () => {};
        for (const path of [...watchers.keys()]) close(path);
      };
    },
  };
}

async function filesIn(folder: string): Promise<{ folders: string[]; files: DocumentFile[] }> {
  try {
    const folders = [folder];
    const files: DocumentFile[] = [];
    let bytes = 0;
    const take = async (path: string, app: string | undefined) => {
      const text = await readFile(path, 'utf8');
      bytes += text.length;
      if (bytes > MAX_BYTES) throw new SourceError(`The documents in ${folder} are larger than ${MAX_BYTES} bytes`);
      files.push({ path, app, text });
    };
    for (const name of await visibleIn(folder)) {
      const path = join(folder, name);
      // Also of symbolic links, which the folders in a ConfigMap are.
      if ((await stat(path)).isDirectory()) {
        folders.push(path);
        for (const file of await visibleIn(path)) if (isDocuments(file)) await take(join(path, file), name);
      } else if (name.endsWith('.json')) {
        await take(path, undefined);
      }
    }
    return { folders, files };
  } catch (error) {
    if (error instanceof SourceError) throw error;
    throw new SourceError(`The documents in ${folder} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

const visibleIn = async (folder: string) => (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();

/** `x.variables.json` belongs to `x.graphql`. */
const isDocuments = (file: string) =>
  file.endsWith('.graphql') || (file.endsWith('.json') && !file.endsWith('.variables.json'));

async function documentsOf({ path, app, text }: DocumentFile): Promise<TrustedDocument[]> {
  if (path.endsWith('.json')) return readManifest(text, path, app);
  const { document, names } = parseTrusted(text, path);
  return [...formsOf(text, document)].map((form) => ({ id: sha256Of(form), text: form, app, names }));
}

/** As applications send a file: as it is, without what stands above the operation, and as graphql-js prints it. */
function formsOf(text: string, document: DocumentNode): Set<string> {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => !line.startsWith('#') && line.trim() !== '');
  const withoutComment = lines.slice(start).join('\n');
  return new Set([text, text.trim(), withoutComment, withoutComment.trim(), print(document)]);
}
