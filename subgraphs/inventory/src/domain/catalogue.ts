import {
  DomainError,
  type Identity,
  isId,
  newId,
  notFound,
  requireAdmin,
  type ServiceKit,
} from '@tributary/service-kit';
import type { MediaLibrary } from '../media-library.ts';
import { changeProduct, findProduct, insertProduct, listCategories, type ProductRow } from '../store/product-store.ts';
import { announceProduct } from './announce-product.ts';
import { checkedProduct, checkedSku, type ProductChangeInput, type ProductInput } from './product-input.ts';

const MAX_CATEGORIES = 100;

type NewProductInput = Omit<ProductInput, 'images' | 'active'> &
  Partial<Pick<ProductInput, 'images' | 'active'>> & { sku: string };

/** What is sold, and who may change it. */
export interface Catalogue {
  categories(): Promise<{ name: string; productCount: number }[]>;
  /** @throws CodedError UNAUTHENTICATED, FORBIDDEN; DomainError InvalidInputError, SkuTakenError */
  create(identity: Identity, input: NewProductInput): Promise<ProductRow>;
  /**
   * @throws CodedError UNAUTHENTICATED, FORBIDDEN; DomainError NotFoundError, InvalidInputError,
   * ProductVersionConflictError
   */
  update(identity: Identity, input: ProductChangeInput & { id: string; expectedVersion: number }): Promise<ProductRow>;
}

export function createCatalogue(
  { database, emit }: Pick<ServiceKit, 'database' | 'emit'>,
  media: MediaLibrary,
): Catalogue {
  return {
    categories: () => listCategories(database.db, MAX_CATEGORIES),
    async create(identity, { sku, images = [], active = true, ...input }) {
      requireAdmin(identity);
      const row = { id: newId(), sku: checkedSku(sku), ...checkedProduct({ ...input, images, active }, media.has) };
      return database.transaction(async (tx) => {
        const product = await insertProduct(tx, row);
        if (product === undefined) throw new DomainError('SkuTakenError', 'Another product has this sku.');
        await announceProduct(emit, tx, product);
        return product;
      });
    },
    async update(identity, { id, expectedVersion, ...input }) {
      requireAdmin(identity);
      if (!isId(id)) throw notFound('product');
      const change = checkedProduct(input, media.has);
      return database.transaction(async (tx) => {
        const product = await changeProduct(tx, { id, version: expectedVersion }, change);
        if (product === undefined) {
          const current = await findProduct(tx, id);
          throw current === undefined ? notFound('product') : versionConflict(current.version);
        }
        await announceProduct(emit, tx, product);
        return product;
      });
    },
  };
}

const versionConflict = (currentVersion: number) =>
  new DomainError('ProductVersionConflictError', 'Somebody else has changed the product since it was read.', {
    currentVersion,
  });
