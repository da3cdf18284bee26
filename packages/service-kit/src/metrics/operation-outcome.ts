import { errorCatalogue } from '../errors/catalogue.ts';

/** Label `outcome` of `graphql_operations_total`. */
export type OperationOutcome = 'success' | 'refused' | 'partial' | 'failure';

/** A code of the catalogue, else `other`: subgraphs may have codes of their own. */
export const knownCode = (code: unknown): string =>
  typeof code === 'string' && Object.hasOwn(errorCatalogue, code) ? code : 'other';

/** Whether what was wrong is the caller's: a status of 4xx. Of codes that are not known nobody can say so. */
function isCallers(code: string): boolean {
  return code !== 'other' && errorCatalogue[code as keyof typeof errorCatalogue].status < 500;
}

/**
 * What an operation came to. `partial` and `failure` are what service levels count: something was wrong on our side.
 *
 * @param codes of its errors, known ones
 * @param hasData whether there is anything in `data`
 */
export function operationOutcome(codes: readonly string[], hasData: boolean): OperationOutcome {
  if (codes.length === 0) return 'success';
  if (codes.every(isCallers)) return 'refused';
  return hasData ? 'partial' : 'failure';
}
