import { CodedError, checkLimit, decodeCursor, encodeCursor } from '@tributary/service-kit';
import type { MovementRow, MovementSlice } from '../store/movement-store.ts';
import { type Connection, connectionOf } from './connection.ts';

/** Arguments of a product's stock book. */
export interface MovementPageArguments {
  first: number;
  after?: string | null | undefined;
}

export type MovementPage = Connection<MovementRow>;

/** Which rows a page needs: one more than it shows tells whether there is a next one. @throws CodedError BAD_USER_INPUT */
export function movementSlice({ first, after }: MovementPageArguments): MovementSlice {
  const limit = checkLimit('first', first) + 1;
  const [before] = after == null ? [] : decodeCursor(after, 1);
  if (before !== undefined && !Number.isSafeInteger(before)) {
    throw new CodedError('BAD_USER_INPUT', 'The cursor is not one that this list gave.');
  }
  return { before: before === undefined ? undefined : Number(before), limit };
}

/** A page from the rows of its slice. */
export const movementPage = ({ first }: MovementPageArguments, rows: readonly MovementRow[]): MovementPage =>
  connectionOf(
    rows.map((node) => ({ node, cursor: encodeCursor([node.seq]) })),
    first,
  );
