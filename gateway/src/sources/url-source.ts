import { boundedText } from '@tributary/service-kit';
import { type Dispatcher, request } from 'undici';
import { MAX_SUPERGRAPH_BYTES, SourceError, type SupergraphSource } from './supergraph-source.ts';

const TIMEOUT_MS = 10_000;

/**
 * An HTTP(S) URL, asked with the ETag that it gave. Redirects are not followed.
 *
 * @param what it gives, for messages
 */
export function urlSource(address: string, what = 'The supergraph'): SupergraphSource {
  const url = new URL(address);
  const authorization = basicAuthorization(url);
  // What a query carries may be a token.
  const name = `${url.origin}${url.pathname}`;
  let etag: string | undefined;
  let last: string | undefined;
  return {
    name,
    async read(signal) {
      try {
        const response = await request(url, {
          headers: {
            accept: 'application/graphql, text/plain, */*',
            ...(authorization === undefined ? {} : { authorization }),
            ...(etag === undefined ? {} : { 'if-none-match': etag }),
          },
          signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
        });
        const text = await textOf(response, `${what} ${name}`);
        if (text === undefined) return undefined;
        const given = response.headers.etag;
        etag = typeof given === 'string' ? given : undefined;
        if (text === last) return undefined;
        last = text;
        return text;
      } catch (error) {
        if (error instanceof SourceError) throw error;
        const { code, name: type } = error as NodeJS.ErrnoException;
        throw new SourceError(`${what} ${name} cannot be had: ${code ?? type}`);
      }
    },
  };
}

/** Nothing for 304. */
async function textOf({ statusCode, body }: Dispatcher.ResponseData, source: string): Promise<string | undefined> {
  if (statusCode !== 200) {
    await body.dump();
    if (statusCode === 304) return undefined;
    throw new SourceError(`${source} cannot be had: status ${statusCode}`);
  }
  const tooLarge = () => new SourceError(`${source} is larger than ${MAX_SUPERGRAPH_BYTES} bytes`);
  return boundedText(body, MAX_SUPERGRAPH_BYTES, tooLarge);
}

/** Takes user and password out of the URL. */
function basicAuthorization(url: URL): string | undefined {
  const { username, password } = url;
  if (username === '' && password === '') return undefined;
  url.username = '';
  url.password = '';
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}
