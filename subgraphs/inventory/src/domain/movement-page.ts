import {
  type Connection,
  type ConnectionArguments,
  checkLimit,
  connectionOf,
  decodeCursor,
  encodeCursor,
} from '@tributary/service-kit';
import type { MovementRow, MovementSlice } from '../store/movement-store.ts';

/** A page of a product's stock book, in the order of the book's own numbers. */
export type MovementPage = Connection<MovementRow>;

/** Which rows a page needs. @throws CodedError BAD_USER_INPUT */
export function movementSlice({ first, after }: ConnectionArguments): MovementSlice {
  const limit = checkLimit('first', first) + 1;
  const [before] = after == null ? [] : decodeCursor(after, [Number.isSafeInteger]);
  return { before: before === undefined ? undefined : Number(before), limit };
}

/** A page from the rows of its slice. */
export const movementPage = (asked: ConnectionArguments, rows: readonly MovementRow[]): MovementPage =>
  connectionOf(
    asked,
    rows.map((node) => ({ node, cursor: encodeCursor([node.seq]) })),
  );
