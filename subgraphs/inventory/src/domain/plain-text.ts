import { invalidInput } from './invalid-input.ts';

const CONTROL_CHARACTERS = /[\p{Cc}\p{Zl}\p{Zp}]/u;
const CONTROL_CHARACTERS_EXCEPT_LINE_BREAKS = /[^\P{Cc}\n]/u;

/** Whether text is one line of at most `maxLength` characters, and nothing in it that a database cannot take. */
export const isPlainText = (text: string, maxLength: number): boolean =>
  [...text].length <= maxLength && !CONTROL_CHARACTERS.test(text) && text.isWellFormed();

/**
 * One line of text that somebody typed: trimmed, in Unicode's composed form, 1 to `maxLength` characters.
 *
 * @throws DomainError InvalidInputError
 */
export function plainText(field: string, value: string, maxLength: number): string {
  const text = value.normalize('NFC').trim();
  if (text === '' || !isPlainText(text, maxLength)) {
    throw invalidInput(field, `${field} takes one line of 1 to ${maxLength} characters.`);
  }
  return text;
}

/** The same with line breaks. */
export function longText(field: string, value: string, maxLength: number): string {
  const text = value.normalize('NFC').replaceAll('\r\n', '\n').trim();
  const isLongText = !CONTROL_CHARACTERS_EXCEPT_LINE_BREAKS.test(text) && text.isWellFormed();
  if (text === '' || [...text].length > maxLength || !isLongText) {
    throw invalidInput(field, `${field} takes 1 to ${maxLength} characters.`);
  }
  return text;
}
