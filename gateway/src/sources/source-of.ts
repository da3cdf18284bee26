import { fileSource } from './file-source.ts';
import type { SupergraphSource } from './supergraph-source.ts';
import { urlSource } from './url-source.ts';

/** The source that a path or an HTTP(S) URL names. */
export const sourceOf = (place: string): SupergraphSource =>
  /^https?:\/\//i.test(place) ? urlSource(place) : fileSource(place);
