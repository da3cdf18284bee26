import { existsSync, globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readSdlFolder } from '../../packages/service-kit/src/sdl.ts';

/** What a bundle is made of. All paths are relative to the repository. */
export interface ServiceParts {
  /** Its place in the bundle is the bundle's own folder. */
  readonly folder: string;
  /** Source files by the name of their program: `main` becomes `dist/main.js`. */
  readonly entries: Readonly<Record<string, string>>;
  /** Files and folders, in `folder`, that its programs read by a path that they put together. */
  readonly copied: readonly string[];
}

const TOOLS = { events: 'scripts/events.ts', provision: 'scripts/provision.ts', demo: 'local/src/demo/main.ts' };

/** Folders of a subgraph that are read at run time, where it has them. */
const READ_FOLDERS = ['migrations', 'media'];

/**
 * By convention, so that a new subgraph needs no word here: its programs are `src/main.ts` and each `src/<name>/main.ts`.
 *
 * @throws Error for what is no service
 */
export function serviceParts(root: string, service: string): ServiceParts {
  if (service === 'tools') return { folder: '.', entries: TOOLS, copied: [] };
  if (service === 'gateway') return { folder: 'gateway', entries: programsOf(root, 'gateway'), copied: [] };
  const folder = `subgraphs/${service}`;
  if (!/^[a-z][a-z\d-]*$/.test(service) || !existsSync(join(root, folder, 'schema.graphql'))) {
    throw new Error(`${service} is neither gateway nor tools, nor a folder of subgraphs/ with a schema.graphql.`);
  }
  const schema = readSdlFolder(join(root, folder)).map(({ path }) => path);
  const folders = READ_FOLDERS.filter((name) => existsSync(join(root, folder, name)));
  return { folder, entries: programsOf(root, folder), copied: [...schema, ...folders] };
}

function programsOf(root: string, folder: string): Record<string, string> {
  const others = globSync('src/*/main.ts', { cwd: join(root, folder) }).sort();
  return {
    main: `${folder}/src/main.ts`,
    ...Object.fromEntries(others.map((path) => [basename(dirname(path)), `${folder}/${path}`])),
  };
}
