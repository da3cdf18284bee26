import { invalidInput } from './invalid-input.ts';

/** Of what people and recipients are called. */
export const MAX_NAME_LENGTH = 100;

/**
 * One line of text that somebody typed: trimmed, in Unicode's composed form, 1 to `maxLength` characters.
 *
 * @throws DomainError InvalidInputError
 */
export function plainText(field: string, value: string, maxLength: number): string {
  const text = value.normalize('NFC').trim();
  if (text === '' || [...text].length > maxLength) {
    throw invalidInput(field, `${field} takes 1 to ${maxLength} characters.`);
  }
  // PostgreSQL stores no NUL and no half of a surrogate pair, and a line break has no place in an e-mail's header.
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text) || !text.isWellFormed()) {
    throw invalidInput(field, `${field} takes one line of text.`);
  }
  return text;
}

/** The same where nothing, or nothing but blanks, means that there is none. */
export function optionalPlainText(field: string, value: string | null | undefined, maxLength: number): string | null {
  return value === null || value === undefined || value.trim() === '' ? null : plainText(field, value, maxLength);
}
