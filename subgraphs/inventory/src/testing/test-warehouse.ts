import { type CloudEvent, type Identity, newId } from '@tributary/service-kit';
import { startTestSubgraph, type TestDatabase, type TestSubgraph } from '@tributary/service-kit/testing';
import type { z } from 'zod';
import type { inventoryConfig } from '../config.ts';
import { subgraph } from '../subgraph.ts';

export const admin = { kind: 'user', userId: newId(), roles: ['customer', 'admin'] } as const;
export const customer = { kind: 'user', userId: newId(), roles: ['customer'] } as const;

const PRODUCT = `product { id sku name description category price { amountMinor currency } weightGrams active version
  images { url alt width height } available inStock stock { onHand reserved sold available } }`;
const INVALID_INPUT = '... on InvalidInputError { field }';
const SPECIAL_ERRORS: Record<string, string> = {
  createProduct: INVALID_INPUT,
  updateProduct: `${INVALID_INPUT} ... on ProductVersionConflictError { currentVersion }`,
  restock: INVALID_INPUT,
  adjustStock: `${INVALID_INPUT} ... on InsufficientStockError { available }`,
};

// biome-ignore lint/suspicious/noExplicitAny: a test reads payloads of many shapes
type Payload = any;

export interface StockFigures {
  onHand: number;
  reserved: number;
  sold: number;
  available: number;
}

/** The inventory subgraph with an administrator at hand, for behaviour tests. */
export interface TestWarehouse extends TestSubgraph {
  /** Runs one mutation, as the administrator by default, and gives its payload or the code of the error it met. */
  mutate(name: string, input: Record<string, unknown>, identity?: Identity): Promise<Payload>;
  /** Adds a product, by default of 10.00 EUR, with `stock` available; gives its id. */
  product(stock?: number, change?: Record<string, unknown>): Promise<string>;
  stockOf(productId: string): Promise<StockFigures>;
  /** What orders says: `reservation.requested` and the like; gives the event's id. */
  hear(
    type: string,
    orderId: string,
    lines?: readonly (readonly [productId: string, quantity: number])[],
  ): Promise<void>;
  /** What was said of an order or a product, such as `stock.reserved`, in order. */
  said(subject: string): Promise<string[]>;
}

export const productInput = (change: Record<string, unknown> = {}) => ({
  sku: `T-${newId().slice(-12).toUpperCase()}`,
  name: 'A thing',
  description: 'What can be said of it.',
  category: 'Things',
  price: { amountMinor: 1000, currency: 'EUR' },
  weightGrams: 500,
  ...change,
});

export async function openTestWarehouse(
  database?: TestDatabase,
  config: z.input<typeof inventoryConfig> = {},
): Promise<TestWarehouse> {
  const server = await startTestSubgraph(subgraph, { ...(database === undefined ? {} : { database }), config });

  const mutate: TestWarehouse['mutate'] = async (name, input, identity = admin) => {
    const inputType = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`;
    const errors = `errors { __typename ... on DomainError { code } ${SPECIAL_ERRORS[name]} }`;
    const document = `mutation ($input: ${inputType}) { ${name}(input: $input) { ${PRODUCT} ${errors} } }`;
    const answer = await server.query(document, { input }, identity);
    return answer.data?.[name] ?? answer.errors?.[0]?.extensions.code;
  };

  return {
    ...server,
    mutate,
    async product(stock = 0, change = {}) {
      const { product } = await mutate('createProduct', productInput(change));
      if (stock > 0) await mutate('restock', { productId: product.id, quantity: stock });
      return product.id;
    },
    async stockOf(id) {
      const document = 'query ($id: ID!) { product(id: $id) { stock { onHand reserved sold available } } }';
      return (await server.query(document, { id }, admin)).data.product.stock;
    },
    async hear(type, orderId, lines) {
      const data = { orderId, lines: lines?.map(([productId, quantity]) => ({ productId, quantity })) };
      await server.deliver({ type: `orders.${type}.v1`, subject: orderId, data });
    },
    async said(subject) {
      const about = (await server.published()).filter((event: CloudEvent) => event.subject === subject);
      return about.map(({ type }) => type.replace(/^inventory\.(.*)\.v1$/, '$1'));
    },
  };
}
