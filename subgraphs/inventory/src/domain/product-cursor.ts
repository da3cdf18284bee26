import { CodedError, decodeCursor } from '@tributary/service-kit';
import { type ProductOrder, sortKeyTypes } from '../store/product-list-store.ts';
import { isId } from './is-id.ts';
import { isPlainText } from './plain-text.ts';

const MAX_INT32 = 2 ** 31 - 1;
/** What a name may have grown to by being folded. */
const MAX_TEXT_LENGTH = 600;

const fits = {
  text: (value: string | number) => typeof value === 'string' && isPlainText(value, MAX_TEXT_LENGTH),
  integer: (value: string | number) => Number.isInteger(value) && Math.abs(Number(value)) <= MAX_INT32,
  uuid: (value: string | number) => isId(String(value)),
};

/**
 * The sort keys in a cursor of a list in that order.
 *
 * @throws CodedError BAD_USER_INPUT for what no list in that order gave
 */
export function positionFrom(cursor: string, order: ProductOrder): (string | number)[] {
  const types = sortKeyTypes(order);
  const [madeFor, ...keys] = decodeCursor(cursor, 1 + types.length);
  if (madeFor !== order || !types.every((type, at) => fits[type](keys[at] ?? ''))) {
    throw new CodedError('BAD_USER_INPUT', 'The cursor is not one that this list gave.');
  }
  return keys;
}
