import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { gatewayConfig } from '../config/gateway-config.ts';
import { LimitExceeded } from './limit-exceeded.ts';
import { LimitedLexer } from './limited-lexer.ts';
import { parseLimited } from './parse-limited.ts';

const DEFAULTS = gatewayConfig.parse({}).limits;

function outcome(source: string, limits: Partial<typeof DEFAULTS> = {}): string {
  try {
    parseLimited(source, { ...DEFAULTS, ...limits });
    return 'parsed';
  } catch (error) {
    if (error instanceof LimitExceeded) return error.message;
    if (error instanceof GraphQLError) return 'no GraphQL';
    throw error;
  }
}

describe('parseLimited', () => {
  it.each([
    ['{ a b }', { tokens: 4 }, 'parsed'],
    ['{ a b }', { tokens: 3 }, 'The document has more than 3 tokens.'],
    ['# a\n# b\n{ a }', { tokens: 3 }, 'parsed'],
    ['# a\n# b\n# c\n# d\n{ a }', { tokens: 3 }, 'The document has more than 3 comments.'],
    ['{ a @x b @x @x }', { directives: 3 }, 'parsed'],
    ['query @x { a @x b @x @x }', { directives: 3 }, 'The document has more than 3 directives.'],
    ['{ a(b: "@x @x @x") }', { directives: 0 }, 'parsed'],
    ['{ a', {}, 'no GraphQL'],
    // Whoever raises the limit of tokens shall not meet the parser's stack.
    [`{ a(b: ${'['.repeat(5000)}`, { tokens: 20_000 }, 'The document has more than 100 brackets inside each other.'],
    ['{a'.repeat(7500), { tokens: 20_000 }, 'The document has more than 100 brackets inside each other.'],
    [`query($a: ${'['.repeat(5000)}`, { tokens: 20_000 }, 'The document has more than 100 brackets inside each other.'],
    [`{ a(b: ${'['.repeat(98)}${']'.repeat(98)}) }`, {}, 'parsed'],
    [`{ ${'... { '.repeat(99)} a ${'}'.repeat(99)} }`, {}, 'parsed'],
  ])('%.30s with %j: %s', (source, limits, expected) => expect(outcome(source, limits)).toBe(expected));

  it('reads no further than the first token that is over a limit', () => {
    const lexer = new LimitedLexer(`{ a ${'@aa'.repeat(50_000)} }`, DEFAULTS);
    expect(() => {
      for (;;) lexer.advance();
    }).toThrow(LimitExceeded);
    expect(lexer.token.start).toBeLessThan(200);
  });
});
