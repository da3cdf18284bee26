import { defineSubgraph, subgraphConfig } from '@tributary/service-kit';
import type { Context } from './context.ts';
import { createItems } from './domain/items.ts';
import { createLoaders } from './loaders/loaders.ts';
import { resolvers } from './resolvers/resolvers.ts';
import { deadLetters, inbox, outbox } from './tables.ts';

export const subgraph = defineSubgraph({
  name: 'template',
  config: subgraphConfig,
  folder: new URL('..', import.meta.url),
  events: { deadLetters, inbox, outbox },
  create(kit) {
    const items = createItems(kit);
    return {
      resolvers,
      context: (scope): Context => ({ ...scope, items, loaders: createLoaders(kit.database.db) }),
    };
  },
});
