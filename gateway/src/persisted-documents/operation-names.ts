import { GraphQLError, Kind, parse } from 'graphql';
import { SourceError } from '../sources/supergraph-source.ts';

/**
 * Names of a document's operations.
 *
 * @param place names the document for its operator
 * @throws SourceError for what is no document, or one without an operation
 */
export function operationNames(text: string, place: string): string[] {
  try {
    const operations = parse(text, { noLocation: true }).definitions.filter(
      (node) => node.kind === Kind.OPERATION_DEFINITION,
    );
    if (operations.length > 0) return operations.flatMap(({ name }) => name?.value ?? []);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
  }
  throw new SourceError(`${place} is no document with an operation`);
}
