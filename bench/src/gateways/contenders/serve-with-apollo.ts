import { readFileSync } from 'node:fs';
import { ApolloServer, type ApolloServerOptions, type BaseContext } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { createRemoteJWKSet, jwtVerify } from 'jose';

/** Serves a gateway as teams do: @apollo/server's own HTTP server, and tokens verified by jose. */
export async function serveWithApollo(
  createGateway: (supergraphSdl: string) => NonNullable<ApolloServerOptions<BaseContext>['gateway']>,
): Promise<void> {
  const [port, supergraph = '', tokens = ''] = process.argv.slice(2);
  const { issuer, audience, jwks } = JSON.parse(tokens);
  const keys = createRemoteJWKSet(new URL(jwks));
  const server = new ApolloServer({ gateway: createGateway(readFileSync(supergraph, 'utf8')) });
  await startStandaloneServer(server, {
    listen: { host: '127.0.0.1', port: Number(port) },
    async context({ req }) {
      const token = req.headers.authorization?.replace('Bearer ', '');
      if (token === undefined) return {};
      const { payload } = await jwtVerify(token, keys, { issuer, audience, algorithms: ['ES256'] });
      return { userId: payload.sub };
    },
  });
}
