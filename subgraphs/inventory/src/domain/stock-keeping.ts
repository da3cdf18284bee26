import {
  DomainError,
  type Identity,
  invalidInput,
  isId,
  longText,
  newId,
  notFound,
  optionalText,
  requireAdmin,
  type ServiceKit,
} from '@tributary/service-kit';
import { findProduct, type ProductRow } from '../store/product-store.ts';
import { findStock, MAX_ON_HAND, type Movement, moveStock } from '../store/stock-store.ts';
import type { ADJUSTMENT_REASONS } from '../tables.ts';
import { inRange } from './product-input.ts';

const MAX_QUANTITY = 1_000_000;
const MAX_NOTE_LENGTH = 500;

export type AdjustmentReason = (typeof ADJUSTMENT_REASONS)[number];

interface StockInput {
  productId: string;
  note?: string | null | undefined;
}

/** What administrators do about the stock; each entry in the book names who it was. */
export interface StockKeeping {
  /** @throws CodedError UNAUTHENTICATED, FORBIDDEN; DomainError NotFoundError, InvalidInputError */
  restock(identity: Identity, input: StockInput & { quantity: number }): Promise<ProductRow>;
  /**
   * @throws CodedError UNAUTHENTICATED, FORBIDDEN; DomainError NotFoundError, InvalidInputError, InsufficientStockError
   */
  adjust(identity: Identity, input: StockInput & { delta: number; reason: AdjustmentReason }): Promise<ProductRow>;
}

export function createStockKeeping({ database }: Pick<ServiceKit, 'database'>): StockKeeping {
  const move = (productId: string, refusal: string, movement: Omit<Movement, 'productId' | 'id'>) =>
    database.transaction(async (tx) => {
      const product = isId(productId) ? await findProduct(tx, productId) : undefined;
      if (product === undefined) throw notFound('product');
      if (await moveStock(tx, { id: newId(), productId, ...movement })) return product;
      if (movement.availableDelta > 0) throw invalidInput(refusal, `No more than ${MAX_ON_HAND} can be on hand.`);
      const [left] = await findStock(tx, [productId]);
      throw new DomainError('InsufficientStockError', 'Fewer are available than should be taken away.', {
        available: left?.available ?? 0,
      });
    });

  return {
    async restock(identity, { productId, quantity, note }) {
      const { userId } = requireAdmin(identity);
      return move(productId, 'quantity', {
        ...ofAvailable(inRange('quantity', quantity, 1, MAX_QUANTITY)),
        kind: 'RESTOCKED',
        note: checkedNote(note),
        actorId: userId,
      });
    },
    async adjust(identity, { productId, delta, reason, note }) {
      const { userId } = requireAdmin(identity);
      if (delta === 0) throw invalidInput('delta', 'An adjustment by 0 is none.');
      if (reason === 'OTHER' && checkedNote(note) === null) throw invalidInput('note', 'OTHER needs a note.');
      return move(productId, 'delta', {
        ...ofAvailable(inRange('delta', delta, -MAX_QUANTITY, MAX_QUANTITY)),
        kind: 'ADJUSTED',
        reason,
        note: checkedNote(note),
        actorId: userId,
      });
    },
  };
}

const ofAvailable = (availableDelta: number) => ({ availableDelta, reservedDelta: 0, soldDelta: 0 });

const checkedNote = (note: string | null | undefined): string | null =>
  optionalText(longText, 'note', note, MAX_NOTE_LENGTH);
