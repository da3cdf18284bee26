import { fileURLToPath } from 'node:url';
import { gatewayConfig } from '@tributary/gateway';
import { loadConfig, type RunningSubgraph } from '@tributary/service-kit';
import type { LocalSecrets } from './local-secrets.ts';
import { commonSettings, LOOPBACK, type LocalOptions } from './options.ts';

const root = new URL('../../', import.meta.url);

/** `local/gateway.yaml`, with the addresses and keys of this run. */
export async function localGatewayConfig(
  options: LocalOptions,
  secrets: LocalSecrets,
  subgraphs: ReadonlyMap<string, RunningSubgraph>,
) {
  const { privateKey } = await secrets.keysOf('gateway');
  return loadConfig(gatewayConfig, {
    files: [fileURLToPath(new URL('local/gateway.yaml', root))],
    environment: {},
    overrides: {
      server: { host: LOOPBACK, port: options.port },
      admin: { host: LOOPBACK, ...(options.ports === 'free' ? { port: 0 } : {}) },
      ...commonSettings(options),
      supergraph: fileURLToPath(new URL('schema/supergraph.graphql', root)),
      lines: { file: fileURLToPath(new URL('schema/lines.yaml', root)) },
      home: { documents: fileURLToPath(new URL('schema/documents', root)) },
      rest: { documents: fileURLToPath(new URL('schema/rest', root)) },
      subgraphs: Object.fromEntries(subgraphs.entries().map(([name, { url }]) => [name, { url: `${url}/graphql` }])),
      identity: {
        key: privateKey,
        issuers: [
          {
            issuer: 'tributary',
            audience: 'tributary',
            jwksUri: `${subgraphs.get('users')?.url}/.well-known/jwks.json`,
          },
        ],
      },
    },
  });
}
