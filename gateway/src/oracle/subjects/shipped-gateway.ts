import { gatewayConfig } from '../../config/gateway-config.ts';
import { startGateway } from '../../start-gateway.ts';
import type { StartSubject } from '../subject.ts';
import { serveSubgraphs } from './serve-subgraphs.ts';

/** The gateway as `npm run gateway` starts it, asked over HTTP. */
export const startShippedGateway: StartSubject = async (supergraphSdl, subgraphs) => {
  const served = await serveSubgraphs(subgraphs);
  const config = gatewayConfig.parse({
    ...{ server: { host: '127.0.0.1', port: 0 }, admin: { host: '127.0.0.1', port: 0 } },
    // Fields that fail are part of the cases.
    ...{ subgraphs: served.urls, introspection: true, log: { level: 'fatal' } },
    rateLimit: { enabled: false },
    // The schema is the one that others show.
    incrementalDelivery: { enabled: false },
  });
  const gateway = await startGateway(config, { supergraphSdl, processMetrics: false });
  return {
    async execute(query, variables) {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
        body: JSON.stringify({ query, variables }),
      });
      return (await response.json()) as object;
    },
    async close() {
      await gateway.stop();
      await served.close();
    },
  };
};
