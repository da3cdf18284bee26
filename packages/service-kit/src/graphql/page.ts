import { CodedError } from '../errors/coded-error.ts';

const MAX_PAGE_SIZE = 100;
const MAX_PAGE = 10_000;

/** Checked arguments `page` (from 1) and `limit` (1 to 100), and where that page begins. */
export interface Page {
  page: number;
  limit: number;
  offset: number;
}

/** @throws CodedError BAD_USER_INPUT when `page` or `limit` is out of bounds. */
export function pageFrom({ page, limit }: { page: number; limit: number }): Page {
  if (page < 1 || page > MAX_PAGE) throw new CodedError('BAD_USER_INPUT', `page must be from 1 to ${MAX_PAGE}.`);
  checkLimit('limit', limit);
  return { page, limit, offset: (page - 1) * limit };
}

/** @throws CodedError BAD_USER_INPUT unless 1 ≤ `value` ≤ 100. */
export function checkLimit(argument: string, value: number): number {
  if (value < 1 || value > MAX_PAGE_SIZE) {
    throw new CodedError('BAD_USER_INPUT', `${argument} must be from 1 to ${MAX_PAGE_SIZE}.`);
  }
  return value;
}

/** `type Pagination` of the schema. */
export const paginationOf = ({ page, limit }: Page, total: number) => ({
  page,
  limit,
  total,
  pages: Math.ceil(total / limit),
});

/** An opaque cursor over the values that order a list; the list's last row's values begin the next page. */
export const encodeCursor = (values: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(values)).toString('base64url');

/**
 * @param isValue what each of its values can be, in their order
 * @throws CodedError BAD_USER_INPUT for what `encodeCursor` did not make of such values
 */
export function decodeCursor(
  cursor: string,
  isValue: readonly ((value: string | number) => boolean)[],
): (string | number)[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    // No database takes an infinite number for a finite one, nor a NUL in a text.
    const isScalar = (value: unknown) => Number.isFinite(value) || (typeof value === 'string' && !value.includes('\0'));
    const fits = (value: unknown, at: number) => isScalar(value) && isValue[at]?.(value as string | number);
    if (Array.isArray(values) && values.length === isValue.length && values.every(fits)) return values;
  } catch {
    // Falls through to the refusal.
  }
  throw new CodedError('BAD_USER_INPUT', 'The cursor is not one that this list gave.');
}
