import { DomainError } from '@tributary/service-kit';

/** The refusal of one field of a mutation's input. The message says what is expected, never what was given. */
export const invalidInput = (field: string, message: string): DomainError =>
  new DomainError('InvalidInputError', message, { field });
