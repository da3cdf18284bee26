import type { FastifyInstance } from 'fastify';
import { addGraphiqlRoutes } from './graphiql-routes.ts';
import { sendPage } from './page-headers.ts';
import { addSandboxRoute } from './sandbox-routes.ts';
import { hasSandbox, START_PAGE_POLICY, type StartPageOptions, startPage } from './start-page.ts';

/** `/`, and where introspection is on GraphiQL, and Sandbox where its site may ask. */
export function addPageRoutes(app: FastifyInstance, options: StartPageOptions): void {
  app.get('/', (request, reply) => {
    // Behind a proxy that ends TLS; it is only shown, so a forged one fools nobody but its sender.
    const scheme = request.headers['x-forwarded-proto'] === 'https' ? 'https' : request.protocol;
    return sendPage(reply, startPage(options, `${scheme}://${request.host}`), START_PAGE_POLICY);
  });
  if (options.introspection) addGraphiqlRoutes(app, options.documents);
  if (hasSandbox(options)) addSandboxRoute(app, options.documents);
}
