import { Lexer, Source, type Token, TokenKind } from 'graphql';
import type { DocumentLimits } from './document-limits.ts';
import { LimitExceeded } from './limit-exceeded.ts';
import { maxNesting } from './max-nesting.ts';

/**
 * Reads tokens for the parser, and stops with the first that is over a limit: nothing is made of the rest. That brackets
 * do not nest without end keeps the parser, which calls itself for each, and whoever walks its tree, on the stack.
 */
export class LimitedLexer extends Lexer {
  readonly #limits: DocumentLimits;
  readonly #maxNesting: number;
  #tokens = 0;
  #directives = 0;
  #nesting = 0;

  constructor(text: string, limits: DocumentLimits) {
    super(new Source(text));
    this.#limits = limits;
    this.#maxNesting = maxNesting(limits);
  }

  /** @throws LimitExceeded */
  override advance(): Token {
    const token = super.advance();
    switch (token.kind) {
      case TokenKind.EOF:
        return token;
      case TokenKind.AT:
        if (++this.#directives > this.#limits.directives) {
          throw new LimitExceeded('directives', `The document has more than ${this.#limits.directives} directives.`);
        }
        break;
      case TokenKind.BRACE_L:
      case TokenKind.BRACKET_L:
      case TokenKind.PAREN_L:
        if (++this.#nesting > this.#maxNesting) {
          throw new LimitExceeded(
            'depth',
            `The document has more than ${this.#maxNesting} brackets inside each other.`,
          );
        }
        break;
      case TokenKind.BRACE_R:
      case TokenKind.BRACKET_R:
      case TokenKind.PAREN_R:
        this.#nesting--;
        break;
    }
    if (++this.#tokens > this.#limits.tokens) {
      throw new LimitExceeded('tokens', `The document has more than ${this.#limits.tokens} tokens.`);
    }
    return token;
  }
}
