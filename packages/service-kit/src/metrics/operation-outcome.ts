import { errorCatalogue } from '../errors/catalogue.ts';

/** Label `outcome` of `graphql_operations_total`; the same in access lines. */
export type OperationOutcome = 'success' | 'refused' | 'partial' | 'failure';

/** A code of the catalogue, else `other`: subgraphs may have codes of their own. */
export const knownCode = (code: unknown): string =>
  typeof code === 'string' && Object.hasOwn(errorCatalogue, code) ? code : 'other';

/**
 * Whether what was wrong is ours to answer for, not the caller's: no status of 4xx. Of a code that is not known nobody can
 * say that it is the caller's.
 */
export const isOurs = (code: string): boolean =>
  code === 'other' || errorCatalogue[code as keyof typeof errorCatalogue].status >= 500;

/**
 * The one that says most of an answer: the first that is ours to answer for, else the first.
 *
 * @param codes known ones; at least one
 */
export const tellingCode = (codes: readonly string[]): string => codes.find(isOurs) ?? (codes[0] as string);

/**
 * What an operation came to. `partial` and `failure` are what service levels count: something was wrong on our side.
 *
 * @param codes of its errors, known ones
 * @param hasData whether there is anything in `data`
 */
export function operationOutcome(codes: readonly string[], hasData: boolean): OperationOutcome {
  if (codes.length === 0) return 'success';
  if (!codes.some(isOurs)) return 'refused';
  return hasData ? 'partial' : 'failure';
}
