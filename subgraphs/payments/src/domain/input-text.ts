import { DomainError } from '@tributary/service-kit';
import { refuseCardNumber } from './card-number.ts';

/** A refusal of one field of the input. */
export const invalidInput = (field: string, message: string) =>
  new DomainError('InvalidInputError', message, { field });

/**
 * One line of text from outside, without spaces around it: not a card number, neither empty nor longer than `maxLength`
 * characters, and nothing that a database cannot take.
 *
 * @param field path of the input field
 * @throws DomainError CardNumberRefusedError, InvalidInputError
 */
export function inputText(field: string, value: string, maxLength: number): string {
  refuseCardNumber(field, value);
  const text = value.normalize('NFC').trim();
  if (text === '' || text.length > maxLength) throw invalidInput(field, `${field} has 1 to ${maxLength} characters.`);
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text) || !text.isWellFormed()) {
    throw invalidInput(field, `${field} holds characters that cannot be used.`);
  }
  return text;
}

/** The same for what may be left out; null when it is, or is empty. */
export const optionalInputText = (field: string, value: string | null | undefined, maxLength: number): string | null =>
  (value ?? '').trim() === '' ? null : inputText(field, value ?? '', maxLength);
