import { DomainError } from './domain-error.ts';

/**
 * The refusal of what is not there, or not for the caller to know of: `type NotFoundError` of the schemas.
 *
 * @param what its kind, such as `order`
 */
export const notFound = (what: string): DomainError => new DomainError('NotFoundError', `There is no such ${what}.`);
