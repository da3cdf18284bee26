import { DomainError } from './domain-error.ts';

/**
 * Runs one mutation of the domain and gives the payload that the schema promises: what `work` returns with
 * `errors: []`, or, when the domain refused, `errors` with that one refusal (the payload's other fields are null).
 * Anything else that is thrown stays a transport error.
 */
export async function payload<T extends object>(
  work: () => Promise<T>,
  // biome-ignore lint/suspicious/noExplicitAny: the error union is checked by the schema, which knows each payload's own
): Promise<T & { errors: any[] }> {
  try {
    return { ...(await work()), errors: [] };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const refusal = { ...error.fields, __typename: error.typename, code: error.code, message: error.message };
    return { errors: [refusal] } as unknown as T & { errors: unknown[] };
  }
}
