import { DomainError } from './domain-error.ts';

/**
 * Runs one mutation of the domain and gives the payload that the schema promises: what `work` returns with
 * `errors: []`, or, when the domain refused, `errors` with that one refusal (the payload's other fields are null).
 * Anything else that is thrown stays a transport error.
 *
 * `never[]` fits each payload's own union of errors: which refusals belong to it only the schema knows.
 */
export async function payload<T extends object>(work: () => Promise<T>): Promise<T & { errors: never[] }> {
  try {
    return { ...(await work()), errors: [] };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const refusal = { ...error.fields, __typename: error.typename, code: error.code, message: error.message };
    return { errors: [refusal] } as unknown as T & { errors: never[] };
  }
}
