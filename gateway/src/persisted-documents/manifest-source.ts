import { urlSource } from '../sources/url-source.ts';
import type { DocumentSource } from './document-source.ts';
import { readManifest } from './read-manifest.ts';

/** A manifest at an HTTP(S) URL, asked for with the ETag that it came with. */
export function manifestSource(address: string): DocumentSource {
  const source = urlSource(address, 'The manifest');
  // A manifest that is wrong stays wrong while it is the same.
  let wrong: unknown;
  return {
    name: source.name,
    isLocal: false,
    async read(signal) {
      const json = await source.read(signal);
      if (json === undefined) {
        if (wrong !== undefined) throw wrong;
        return undefined;
      }
      try {
        wrong = undefined;
        return await readManifest(json, `The manifest ${source.name}`, undefined);
      } catch (error) {
        wrong = error;
        throw error;
      }
    },
  };
}
