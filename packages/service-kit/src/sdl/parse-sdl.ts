import { concatAST, type DocumentNode, Lexer, parse, Source, TokenKind } from 'graphql';
import type { SdlFile } from './read-sdl.ts';

/**
 * The files of a schema as one document. The `loc` of each node is that in its own file, whose path is `loc.source.name`.
 *
 * @throws GraphQLError for what is no GraphQL.
 */
export function parseSdl(files: readonly SdlFile[]): DocumentNode {
  const sources = files.map(({ path, text }) => new Source(text, path));
  const defining = sources.filter(hasDefinitions);
  // Without any, it is the syntax error that graphql-js sees in it.
  return concatAST((defining.length > 0 ? defining : sources).map((source) => parse(source)));
}

/** A file may consist of imports, which parse() sees as nothing. */
const hasDefinitions = (source: Source): boolean => new Lexer(source).advance().kind !== TokenKind.EOF;
