import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSdlFolder, type SdlFile, SdlImportError } from '@tributary/service-kit/sdl';
import { parse } from 'yaml';
import type { Finding } from './finding.ts';
import { formatFinding } from './formats/text.ts';

/** The repository that this package is part of; commands take another root for another repository. */
export const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url));

export interface SubgraphSource {
  /** The folder's name, which is the subgraph's name in the supergraph. */
  name: string;
  /** Where it answers on a developer's machine; a deployment overrides it in the gateway's configuration. */
  url: string;
  /** `subgraphs/<name>/schema.graphql`, where its schema begins. */
  schemaPath: string;
  /** That file and those that it imports, with paths relative to the root; see readSdl. */
  files: readonly SdlFile[];
}

/** The repository cannot be read as a set of subgraphs, or the result not be written. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  /** With its place, where a file's line is to blame. */
  readonly finding: Finding | undefined;

  constructor(reason: string | Finding) {
    super(typeof reason === 'string' ? reason : formatFinding(reason));
    this.finding = typeof reason === 'string' ? undefined : reason;
  }
}

/**
 * Every folder `subgraphs/<name>/` that has a `schema.graphql` and does not begin with `_`, by name.
 *
 * @throws SourceError when a name, a `config.yaml`, a port or an import cannot be used.
 */
export function discoverSubgraphs(root: string = repositoryRoot): SubgraphSource[] {
  const folder = join(root, 'subgraphs');
  if (!existsSync(folder)) throw new SourceError(`There is no folder subgraphs/ in ${root}.`);
  const names = readdirSync(folder).filter(
    (name) => !name.startsWith('_') && existsSync(join(folder, name, 'schema.graphql')),
  );
  if (names.length === 0) throw new SourceError(`No folder in ${folder} has a schema.graphql.`);

  const portOwners = new Map<number, string>();
  return names.sort().map((name) => {
    if (!/^[a-z][a-z0-9_-]*$/.test(name)) {
      throw new SourceError(`subgraphs/${name}: a subgraph's name has lower-case letters, digits, - and _.`);
    }
    const port = readPort(folder, name);
    const owner = portOwners.get(port);
    if (owner !== undefined)
      throw new SourceError(`subgraphs/${name}/config.yaml: port ${port} belongs to ${owner} already.`);
    portOwners.set(port, name);
    return {
      name,
      url: `http://127.0.0.1:${port}/graphql`,
      schemaPath: `subgraphs/${name}/schema.graphql`,
      files: readFiles(root, name),
    };
  });
}

function readFiles(root: string, subgraph: string): SdlFile[] {
  const folder = `subgraphs/${subgraph}`;
  try {
    return readSdlFolder(join(root, folder)).map(({ path, text }) => ({ path: `${folder}/${path}`, text }));
  } catch (error) {
    if (!(error instanceof SdlImportError)) throw error;
    const { code, message, path, line } = error;
    throw new SourceError({ severity: 'error', code, message, subgraph, file: `${folder}/${path}`, line, column: 1 });
  }
}

function readPort(folder: string, name: string): number {
  const file = join(folder, name, 'config.yaml');
  if (!existsSync(file))
    throw new SourceError(`subgraphs/${name}/config.yaml is missing; it names the port (server.port).`);
  let config: { server?: { port?: unknown } } | null;
  try {
    config = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    // The code alone: the message quotes the line.
    throw new SourceError(`subgraphs/${name}/config.yaml is not YAML: ${(error as { code?: string }).code}.`);
  }
  const port = config?.server?.port;
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535)
    throw new SourceError(`subgraphs/${name}/config.yaml: server.port must be a number from 1 to 65535.`);
  return port;
}
