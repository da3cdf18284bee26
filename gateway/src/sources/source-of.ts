import { ConfigError } from '@tributary/service-kit';
import { fileSource } from './file-source.ts';
import type { SupergraphSource } from './supergraph-source.ts';
import { urlSource } from './url-source.ts';

/**
 * The source that a path or an HTTP(S) URL names.
 *
 * @throws ConfigError for a URL that is none.
 */
export function sourceOf(place: string): SupergraphSource {
  if (!/^https?:\/\//i.test(place)) return fileSource(place);
  if (!URL.canParse(place)) throw new ConfigError('The configuration is wrong:\n  - supergraph: expected a URL');
  return urlSource(place);
}
