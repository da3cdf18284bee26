import { DomainError } from '@tributary/service-kit';

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be let in
const CONTROL_CHARACTERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/**
 * Text from outside, without spaces around it: neither longer than `maxLength` characters, nor empty, nor with
 * characters that a database or a label printer cannot take.
 *
 * @param field path of the input field
 * @throws DomainError InvalidInputError
 */
export function requiredText(field: string, value: string, maxLength: number): string {
  const text = value.trim();
  if (text === '' || text.length > maxLength) {
    throw new DomainError('InvalidInputError', `${field} has 1 to ${maxLength} characters.`, { field });
  }
  if (CONTROL_CHARACTERS.test(text) || !text.isWellFormed()) {
    throw new DomainError('InvalidInputError', `${field} holds characters that cannot be used.`, { field });
  }
  return text;
}

/** The same for what may be left out; null when it is, or is empty. */
export const optionalText = (field: string, value: string | null | undefined, maxLength: number): string | null =>
  (value ?? '').trim() === '' ? null : requiredText(field, value ?? '', maxLength);
