import { DomainError } from './domain-error.ts';

/**
 * The refusal of one field of a mutation's input: `type InvalidInputError` of the schemas.
 *
 * @param field path of the input field, such as `images.0.url`
 * @param message what is expected, never what was given
 */
export const invalidInput = (field: string, message: string): DomainError =>
  new DomainError('InvalidInputError', message, { field });
