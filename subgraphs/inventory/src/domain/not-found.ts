import { DomainError } from '@tributary/service-kit';

/** The refusal of a product that is not there. */
export const notFound = (): DomainError => new DomainError('NotFoundError', 'There is no such product.');
