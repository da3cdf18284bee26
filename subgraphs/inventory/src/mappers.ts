import type { MovementPage } from './domain/movement-page.ts';
import type { ProductPage } from './domain/product-listing.ts';
import type { ProductView } from './domain/product-view.ts';
import type { MovementRow } from './store/movement-store.ts';

// What stands behind the schema's types in resolvers; `<GraphQL type>Mapper`, read by the type generator.

export type ProductMapper = ProductView;
export type ProductConnectionMapper = ProductPage;
export type StockMovementMapper = MovementRow;
export type StockMovementConnectionMapper = MovementPage;
