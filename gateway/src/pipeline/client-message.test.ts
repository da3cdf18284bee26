import { buildSchema, type GraphQLError, parse, validate } from 'graphql';
import { expect, it } from 'vitest';
import { clientMessage } from './client-message.ts';

const schema = buildSchema(`
  enum Colour { RED }
  input In { text: String! count: Int }
  type Query { a(text: String, count: Int, colour: Colour, in: In, list: [Int]): Int }
`);

const messagesOf = (query: string): string[] => {
  try {
    return validate(schema, parse(query)).map(clientMessage);
  } catch (error) {
    return [clientMessage(error as GraphQLError)];
  }
};

it.each([
  ['{ a(text: 4929000000006417) }', 'String cannot represent a non string value: this (line 1, column 11)'],
  ['{ a(count: "s3cret") }', 'Int cannot represent non-integer value: this (line 1, column 12)'],
  ['{ a(count: 4929000000006417) }', 'Int cannot represent non 32-bit signed integer value: this (line 1, column 12)'],
  ['{ a(in: "s3cret") }', 'Expected value of type "In", found this. (line 1, column 9)'],
  ['{ a(text: { password: "s3cret" }) }', 'String cannot represent a non string value: this (line 1, column 11)'],
  ['{ a(colour: "s3cret") }', 'Enum "Colour" cannot represent non-enum value: this. (line 1, column 13)'],
  ['{ a 4929000000006417 }', 'Syntax Error: Expected Name, found Int. (line 1, column 5)'],
  ['{ a "s3cret" }', 'Syntax Error: Expected Name, found String. (line 1, column 5)'],
  ['{ a(colour: BLUE) }', 'Value "BLUE" does not exist in "Colour" enum. (line 1, column 13)'],
  ['{ b }', 'Cannot query field "b" on type "Query". Did you mean "a"? (line 1, column 3)'],
])('says what is wrong with %s and quotes no literal', (query, message) => {
  expect(messagesOf(query)).toContain(message);
  expect(messagesOf(query).join()).not.toMatch(/s3cret|4929/);
});
