import { decodeCursor, isId, isPlainText } from '@tributary/service-kit';
import { type ProductOrder, sortKeyTypes } from '../store/product-list-store.ts';

const MAX_INT32 = 2 ** 31 - 1;
/** What a name may have grown to by being folded. */
const MAX_TEXT_LENGTH = 600;

const fits = {
  text: (value: string | number) => typeof value === 'string' && isPlainText(value, MAX_TEXT_LENGTH),
  integer: (value: string | number) => Number.isInteger(value) && Math.abs(Number(value)) <= MAX_INT32,
  uuid: isId,
};

/**
 * The sort keys in a cursor of a list in that order.
 *
 * @throws CodedError BAD_USER_INPUT for what no list in that order gave
 */
export function positionFrom(cursor: string, order: ProductOrder): (string | number)[] {
  const isOrder = (value: string | number) => value === order;
  const [, ...keys] = decodeCursor(cursor, [isOrder, ...sortKeyTypes(order).map((type) => fits[type])]);
  return keys;
}
