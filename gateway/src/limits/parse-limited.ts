import { type DocumentNode, GraphQLError, parse } from 'graphql';
import { checkSize } from './check-size.ts';
import type { DocumentLimits } from './document-limits.ts';
import { LimitExceeded } from './limit-exceeded.ts';
import { LimitedLexer } from './limited-lexer.ts';

/**
 * A document within its limits; whether it fits a schema is not known yet.
 *
 * @throws LimitExceeded
 * @throws GraphQLError for what is no GraphQL
 */
export function parseLimited(source: string, limits: DocumentLimits): DocumentNode {
  const document = parsed(source, limits);
  checkSize(document, limits);
  return document;
}

/** Comments are tokens to whoever keeps a document in memory; the parser counts them by itself. */
function parsed(source: string, limits: DocumentLimits): DocumentNode {
  const lexer = new LimitedLexer(source, limits);
  try {
    return parse(lexer.source, { lexer, maxComments: limits.tokens });
  } catch (error) {
    if (error instanceof GraphQLError && error.message.includes(TOO_MANY_COMMENTS)) {
      throw new LimitExceeded('tokens', `The document has more than ${limits.tokens} comments.`);
    }
    throw error;
  }
}

const TOO_MANY_COMMENTS = 'comments. Parsing aborted.';
