import { posix, win32 } from 'node:path';
import { GraphQLError, Lexer, Source, type Token, TokenKind } from 'graphql';
import type { SdlFile } from './read-sdl.ts';
import { SdlImportError } from './sdl-import-error.ts';

export interface SdlImport {
  /** Of the imported file, relative to the subgraph's folder. */
  readonly target: string;
  readonly line: number;
}

/** As graphql-import and the loader of graphql-tag write it, as far as it is of whole files. */
const IMPORT = /^\s?import\s+(?:\*\s+from\s+)?(["'])(.+\.graphql)\1\s*;?\s*$/;
const LOOKS_LIKE_IMPORT = /^\s?import\s+(?:["']|.*\sfrom\s+["']|\S+\.graphqls?\b)/;

/**
 * What a file imports, in its order.
 *
 * @throws SdlImportError
 */
export function importsOf({ path, text }: SdlFile): SdlImport[] {
  let isBelow = false;
  return tokensOf(text).flatMap(({ kind, line, value }) => {
    if (kind !== TokenKind.COMMENT) {
      isBelow ||= kind !== TokenKind.SOF;
      return [];
    }
    if (!LOOKS_LIKE_IMPORT.test(value)) return [];
    const refuse = (code: SdlImportError['code'], what: string) =>
      new SdlImportError(code, { path, line }, `${path} ${what}`);
    const named = IMPORT.exec(value)?.[2];
    if (named === undefined)
      throw refuse('INVALID_IMPORT', `says #${value}, and only whole .graphql files are imported.`);
    // Other tools stop there: for them it would be a comment.
    if (isBelow)
      throw refuse('INVALID_IMPORT', `imports ${named} below a definition: imports stand above all of them.`);
    const target = posix.join(posix.dirname(path), named);
    if (win32.isAbsolute(named) || target.startsWith('../'))
      throw refuse('IMPORT_OUTSIDE', `imports ${named}, which is outside of the subgraph's folder.`);
    return [{ target, line }];
  });
}

/** All tokens of a text, comments too; of one that is no GraphQL, those before the place where it is not. */
function tokensOf(text: string): Token[] {
  const lexer = new Lexer(new Source(text));
  const first = lexer.token;
  try {
    while (lexer.advance().kind !== TokenKind.EOF);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
  }
  const tokens: Token[] = [];
  for (let token: Token | null = first; token !== null; token = token.next) tokens.push(token);
  return tokens;
}
