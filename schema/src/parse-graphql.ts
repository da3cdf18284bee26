import { type DocumentNode, GraphQLError, parse } from 'graphql';

/** A document; or the error, with its place, of a text that is none. */
export function parseGraphql(text: string): DocumentNode | GraphQLError {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}
