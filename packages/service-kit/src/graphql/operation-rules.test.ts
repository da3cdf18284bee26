import { buildSchema, parse, validate } from 'graphql';
import { expect, it } from 'vitest';
import { operationRules } from './operation-rules.ts';

const schema = buildSchema('type Query { a: Int } type Mutation { a: Int }');
const errorsOf = (text: string) => validate(schema, parse(text), operationRules).map(({ message }) => message);

it('operations of a type that the schema has not are not valid', () => {
  expect(errorsOf('subscription { a }')).toEqual(['The subscription operation is not supported by the schema.']);
  expect(errorsOf('query A { a } mutation B { a }')).toEqual([]);
});
