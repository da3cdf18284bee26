import { invalidInput } from '../errors/invalid-input.ts';

/** PostgreSQL stores no NUL and no half of a surrogate pair; line breaks have no place in a label or a mail's header. */
const NOT_IN_A_LINE = /[\p{Cc}\p{Zl}\p{Zp}]/u;
const NOT_IN_LINES = /[^\P{Cc}\n\t]/u;

const fits = (text: string, maxLength: number, refused: RegExp): boolean =>
  [...text].length <= maxLength && !refused.test(text) && text.isWellFormed();

/** Whether text is one line of at most `maxLength` characters (of Unicode), and can be stored. */
export const isPlainText = (text: string, maxLength: number): boolean => fits(text, maxLength, NOT_IN_A_LINE);

type ReadText = (field: string, value: string, maxLength: number) => string;

/**
 * One line that somebody typed: trimmed, in Unicode's composed form, 1 to `maxLength` characters.
 *
 * @param field path of the input field
 * @throws DomainError InvalidInputError
 */
export const plainText: ReadText = (field, value, maxLength) => {
  const text = value.normalize('NFC').trim();
  if (text === '' || !isPlainText(text, maxLength)) {
    throw invalidInput(field, `${field} takes one line of 1 to ${maxLength} characters.`);
  }
  return text;
};

/** The same with line breaks and tabs. */
export const longText: ReadText = (field, value, maxLength) => {
  const text = value.normalize('NFC').replaceAll('\r\n', '\n').trim();
  if (text === '' || !fits(text, maxLength, NOT_IN_LINES)) {
    throw invalidInput(field, `${field} takes text of 1 to ${maxLength} characters.`);
  }
  return text;
};

/** What `read` makes of text that may be left out; null when it is, or is blank. */
export const optionalText = (
  read: ReadText,
  field: string,
  value: string | null | undefined,
  maxLength: number,
): string | null => (value == null || value.trim() === '' ? null : read(field, value, maxLength));
