import {
  type Db,
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
import { findProduct } from '../store/product-store.ts';
import { findStock, MAX_ON_HAND, type Movement, moveStock } from '../store/stock-store.ts';
import type { ADJUSTMENT_REASONS, StockAnswer } from '../tables.ts';
import { answeredOnce, checkKey } from './answered-once.ts';
import { inRange } from './product-input.ts';
import { type ProductView, viewOf } from './product-view.ts';

const MAX_QUANTITY = 1_000_000;
const MAX_NOTE_LENGTH = 500;

export type AdjustmentReason = (typeof ADJUSTMENT_REASONS)[number];

interface StockInput {
  productId: string;
  note?: string | null | undefined;
  /** With one, a repetition changes nothing and gets the first answer. */
  idempotencyKey?: string | null | undefined;
}

/** What administrators do about the stock; each entry in the book names who it was. */
export interface StockKeeping {
  /**
   * @throws CodedError UNAUTHENTICATED, FORBIDDEN; DomainError NotFoundError, InvalidInputError,
   * IdempotencyKeyReusedError
   */
  restock(identity: Identity, input: StockInput & { quantity: number }): Promise<ProductView>;
  /**
   * @throws CodedError UNAUTHENTICATED, FORBIDDEN; DomainError NotFoundError, InvalidInputError, InsufficientStockError,
   * IdempotencyKeyReusedError
   */
  adjust(identity: Identity, input: StockInput & { delta: number; reason: AdjustmentReason }): Promise<ProductView>;
}

export function createStockKeeping({ database }: Pick<ServiceKit, 'database'>): StockKeeping {
  /** @param field of the input, to be named where there would be too many */
  async function move(tx: Db, field: string, movement: Omit<Movement, 'id'>): Promise<StockAnswer> {
    const { productId } = movement;
    const product = isId(productId) ? await findProduct(tx, productId) : undefined;
    if (product === undefined) throw notFound('product');
    const moved = await moveStock(tx, { ...movement, id: newId() });
    if (moved !== undefined) return { product, stock: moved.stock, lastMovement: moved.seq };
    if (movement.availableDelta > 0) throw invalidInput(field, `No more than ${MAX_ON_HAND} can be on hand.`);
    const [left] = await findStock(tx, [productId]);
    throw new DomainError('InsufficientStockError', 'Fewer are available than should be taken away.', {
      available: left?.available ?? 0,
    });
  }

  function change(field: string, movement: Change, key: string | null): Promise<ProductView> {
    const { actorId, kind, productId, availableDelta, reason, note } = movement;
    const parameters = [kind, productId, availableDelta, reason ?? null, note];
    return database.transaction(async (tx) =>
      key === null
        ? (await move(tx, field, movement)).product
        : viewOf(await answeredOnce(tx, { actorId, key, parameters }, () => move(tx, field, movement))),
    );
  }

  return {
    async restock(identity, { productId, quantity, note, idempotencyKey }) {
      const { userId } = requireAdmin(identity);
      const movement = {
        ...ofAvailable(inRange('quantity', quantity, 1, MAX_QUANTITY)),
        productId,
        kind: 'RESTOCKED',
        note: checkedNote(note),
        actorId: userId,
      } as const;
      return change('quantity', movement, checkKey(idempotencyKey));
    },
    async adjust(identity, { productId, delta, reason, note, idempotencyKey }) {
      const { userId } = requireAdmin(identity);
      if (delta === 0) throw invalidInput('delta', 'An adjustment by 0 is none.');
      if (reason === 'OTHER' && checkedNote(note) === null) throw invalidInput('note', 'OTHER needs a note.');
      const movement = {
        ...ofAvailable(inRange('delta', delta, -MAX_QUANTITY, MAX_QUANTITY)),
        productId,
        kind: 'ADJUSTED',
        reason,
        note: checkedNote(note),
        actorId: userId,
      } as const;
      return change('delta', movement, checkKey(idempotencyKey));
    },
  };
}

/** What an administrator changes. */
type Change = Omit<Movement, 'id' | 'actorId'> & { actorId: string };

const ofAvailable = (availableDelta: number) => ({ availableDelta, reservedDelta: 0, soldDelta: 0 });

const checkedNote = (note: string | null | undefined): string | null =>
  optionalText(longText, 'note', note, MAX_NOTE_LENGTH);
