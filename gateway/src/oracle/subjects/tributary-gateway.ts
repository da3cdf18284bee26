import { createLogger } from '@tributary/service-kit';
import { TributaryGateway } from '../../engine/tributary-gateway.ts';
import type { StartSubject } from '../subject.ts';
import { executeThrough } from './execute-through.ts';
import { serveSubgraphs } from './serve-subgraphs.ts';

/** The gateway class as it is used. */
export const startTributaryGateway: StartSubject = async (supergraphSdl, subgraphs) => {
  const served = await serveSubgraphs(subgraphs);
  const gateway = new TributaryGateway({
    supergraphSdl,
    subgraphs: served.urls,
    // Fields that fail are part of the cases.
    log: createLogger({ service: 'gateway', level: 'fatal' }),
  });
  const { schema, executor } = await gateway.load();
  return {
    execute: (source, variables) => executeThrough(executor, schema, source, variables),
    async close() {
      await gateway.stop();
      await served.close();
    },
  };
};
