import { defineSubgraph } from '@tributary/service-kit';
import { inventoryConfig } from './config.ts';
import type { Context } from './context.ts';
import { addDemoProducts } from './demo/add-demo-products.ts';
import { createCatalogue } from './domain/catalogue.ts';
import { createEventHandlers } from './domain/event-handlers.ts';
import { createProductListing } from './domain/product-listing.ts';
import { createReservations } from './domain/reservations.ts';
import { createStockKeeping } from './domain/stock-keeping.ts';
import { createLoaders } from './loaders/loaders.ts';
import { openMediaLibrary } from './media-library.ts';
import { resolvers } from './resolvers/resolvers.ts';
import { mediaRoute } from './routes/media-route.ts';
import { deadLetters, inbox, outbox } from './tables.ts';

const folder = new URL('..', import.meta.url);

export const subgraph = defineSubgraph({
  name: 'inventory',
  config: inventoryConfig,
  folder,
  events: { deadLetters, inbox, outbox },
  create(kit) {
    const media = openMediaLibrary(new URL('media/', folder));
    const reservations = createReservations(kit);
    const domain = {
      catalogue: createCatalogue(kit, media),
      listing: createProductListing(kit),
      stockKeeping: createStockKeeping(kit),
    };
    return {
      resolvers,
      context: (scope): Context => ({ ...scope, ...domain, loaders: createLoaders(kit.database.db) }),
      routes: mediaRoute(media),
      handlers: createEventHandlers(reservations),
      jobs: [
        {
          name: 'expire reservations',
          everyMs: kit.config.reservations.sweepEvery,
          run: () => reservations.expireOverdue(),
        },
      ],
      addDemoData: () => addDemoProducts(kit),
    };
  },
});
