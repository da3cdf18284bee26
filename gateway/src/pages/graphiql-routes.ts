import { CodedError } from '@tributary/service-kit';
import type { FastifyInstance } from 'fastify';
import type { ExampleDocument } from '../documents/read-documents.ts';
import { linkedDocument } from './document-link.ts';
import { connectSources, contentHash, sendPage } from './page-headers.ts';

const STATIC_PATH = '/graphiql/static/';
const INLINE_SCRIPT = /<script(?: type="module")?>(.*?)<\/script>/gs;

/** GraphiQL starts by inline scripts, writes styles and works in workers; nothing comes from another site. */
const policyOf = (page: string, host: string): string =>
  [
    "default-src 'self'",
    `script-src 'self' ${[...page.matchAll(INLINE_SCRIPT)].map(([, script = '']) => contentHash(script)).join(' ')}`,
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self' data:",
    "img-src 'self' data:",
    "worker-src 'self' blob:",
    connectSources(host),
  ].join('; ');

const WELCOME = `# Write a query, and press Ctrl-Enter to run it. Ctrl-Space suggests what fits.
# To be signed in, put this under Headers below: { "authorization": "Bearer <access token>" }

{
  __typename
}
`;

const clientConfig = (document: ExampleDocument | undefined): object =>
  document === undefined
    ? { defaultQuery: WELCOME }
    : { initialQuery: `${document.text}\n`, initialVariables: document.variables ?? '' };

/** GraphiQL (ruru), from this server alone. Its code takes 50 MB of memory, so it is loaded at the first visit. */
export function addGraphiqlRoutes(app: FastifyInstance, documents: readonly ExampleDocument[]): void {
  app.get('/graphiql', async (request, reply) => {
    const { ruruHTML } = await import('ruru/server');
    const page = ruruHTML({
      endpoint: '/graphql',
      staticPath: STATIC_PATH,
      // Its type comes from a package that ruru does not bring along.
      clientConfig: clientConfig(linkedDocument(request, documents)) as never,
      htmlParts: { titleTag: '<title>GraphiQL</title><link rel="icon" href="data:," />' },
    });
    return sendPage(reply, page, policyOf(page, request.host));
  });
  app.get(`${STATIC_PATH}*`, async (request, reply) => {
    const { getStaticFile } = await import('ruru/static');
    const file = await getStaticFile({
      staticPath: STATIC_PATH,
      urlPath: request.url,
      acceptEncoding: request.headers['accept-encoding'],
      disallowDevAssets: true,
    });
    if (file === null) throw new CodedError('NOT_FOUND');
    return reply.headers(file.headers).send(file.content);
  });
}
