import type { ItemRow } from './store/item-store.ts';

/** What stands behind the schema's types in resolvers; `<GraphQL type>Mapper`, read by the type generator. */
export type TemplateItemMapper = ItemRow;
