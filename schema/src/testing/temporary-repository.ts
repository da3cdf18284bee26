import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface TemporaryRepository extends Disposable {
  root: string;
  write(path: string, text: string): void;
  read(path: string): string;
}

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@shareable", "@external", "@requires"])';

/** A folder as the schema CLI takes it for a repository: subgraphs by name, whose SDL gets its `@link` as line 1. */
export function temporaryRepository(subgraphs: Record<string, string>): TemporaryRepository {
  const root = mkdtempSync(join(tmpdir(), 'tributary-schema-'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [index, [name, sdl]] of Object.entries(subgraphs).entries()) {
    write(`subgraphs/${name}/schema.graphql`, `${LINK}\n${sdl}`);
    write(`subgraphs/${name}/config.yaml`, `server: { port: ${5001 + index} }`);
  }
  return {
    root,
    write,
    read: (path) => readFileSync(join(root, path), 'utf8'),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}
