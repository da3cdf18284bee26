import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

export interface MediaFile {
  body: Buffer;
  /** Of its content, quoted, as HTTP has it. */
  etag: string;
}

/** The images that this service ships. They are few and small, and stay in memory: no path ever leads to a disk. */
export interface MediaLibrary {
  /** Whether `/media/…` leads to an image. */
  has(url: string): boolean;
  find(fileName: string): MediaFile | undefined;
}

/** Reads the images of a folder; what is not an SVG with a plain name is not one of them. */
export function openMediaLibrary(folder: URL): MediaLibrary {
  const names = readdirSync(folder).filter((name) => /^[a-z0-9][a-z0-9-]*\.svg$/.test(name));
  const files = new Map(
    names.map((name) => {
      const body = readFileSync(new URL(name, folder));
      return [name, { body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` }];
    }),
  );
  return {
    has: (url) => url.startsWith('/media/') && files.has(url.slice('/media/'.length)),
    find: (fileName) => files.get(fileName),
  };
}
