/** What clients of the benchmark ask. With a `stamp` as variable, everything in the answer carries it. */
export interface Operation {
  readonly name: OperationName;
  readonly query: string;
  /** A token is sent along, and the gateway verifies it. */
  readonly authenticated: boolean;
}

export type OperationName = 'heavy' | 'light' | 'authenticated';

export const OPERATIONS: readonly Operation[] = [
  {
    name: 'heavy',
    authenticated: false,
    // The public gateways benchmark's query, but for `stamp`.
    query: `
      fragment User on User { id username name }
      fragment Review on Review { id body }
      fragment Product on Product { inStock name price shippingEstimate upc weight }
      query Heavy($stamp: Int) {
        users(stamp: $stamp) {
          ...User
          reviews {
            ...Review
            product {
              ...Product
              reviews {
                ...Review
                author { ...User reviews { ...Review product { ...Product } } }
              }
            }
          }
        }
        topProducts(stamp: $stamp) {
          ...Product
          reviews {
            ...Review
            author { ...User reviews { ...Review product { ...Product } } }
          }
        }
      }`,
  },
  {
    name: 'light',
    authenticated: false,
    query: 'query Light($stamp: Int) { topProducts(first: 3, stamp: $stamp) { upc name price } }',
  },
  {
    name: 'authenticated',
    authenticated: true,
    query: 'query Authenticated($stamp: Int) { me(stamp: $stamp) { id name username } }',
  },
];
