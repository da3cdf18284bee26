import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';

/** As the server answers with it. */
export interface PageFile {
  status: 200;
  headers: { 'content-type': string };
  body: Buffer;
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const FOLDER = new URL('page/', import.meta.url);

/** What is in `page/`, by its path: these and no other files are handed out. */
export function pageFiles(): ReadonlyMap<string, PageFile> {
  const files = readdirSync(FOLDER).flatMap((name): [string, PageFile][] => {
    const type = TYPES[extname(name)];
    if (type === undefined) return [];
    return [
      [`/${name}`, { status: 200, headers: { 'content-type': type }, body: readFileSync(new URL(name, FOLDER)) }],
    ];
  });
  const index = files.find(([path]) => path === '/index.html');
  return new Map(index === undefined ? files : [...files, ['/', index[1]]]);
}
