import { buildSchema, parse, print, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { startTestGateway } from '../testing/test-gateway.ts';
import { liftScalars } from './lift-scalars.ts';

const schema = buildSchema(`
  scalar Code
  scalar Json
  input Price { amount: Int!, code: Code! }
  type Query { g(code: Code!): Int f(code: Code, codes: [Code], price: Price, json: Json, id: ID, text: String): Int }
`);

function lifted(source: string) {
  const document = parse(source);
  expect(validate(schema, document)).toEqual([]);
  const result = liftScalars(document, schema);
  expect(validate(schema, result.document)).toEqual([]);
  return [print(result.document).replaceAll(/\s+/g, ' '), result.variables];
}

describe('liftScalars', () => {
  it.each([
    ['{ f(code: "a") }', 'query ($Code_1: Code) { f(code: $Code_1) }', { Code_1: 'a' }],
    [
      '{ f(codes: ["a", "b"]) }',
      'query ($Code_1: Code, $Code_2: Code) { f(codes: [$Code_1, $Code_2]) }',
      { Code_1: 'a', Code_2: 'b' },
    ],
    [
      '{ f(price: { amount: 1, code: "a" }) }',
      'query ($Code_1: Code!) { f(price: {amount: 1, code: $Code_1}) }',
      { Code_1: 'a' },
    ],
    [
      '{ f(json: { a: [1, 2.5, true] }) }',
      'query ($Json_1: Json) { f(json: $Json_1) }',
      { Json_1: { a: [1, 2.5, true] } },
    ],
    [
      'query q { ...g } fragment g on Query { f(code: 1) }',
      'query q($Code_1: Code) { ...g } fragment g on Query { f(code: $Code_1) }',
      { Code_1: 1 },
    ],
    [
      'query ($a: Code = "b", $b: [Code] = ["c"], $c: ID = "d") { f(code: $a, codes: $b, id: $c) }',
      'query ($a: Code, $b: [Code], $c: ID = "d") { f(code: $a, codes: $b, id: $c) }',
      { a: 'b', b: ['c'] },
    ],
    ['query ($a: Code = "b") { g(code: $a) }', 'query ($a: Code!) { g(code: $a) }', { a: 'b' }],
  ])('%s', (source, expected, variables) => expect(lifted(source)).toEqual([expected, variables]));

  it('takes no name that is taken', () => {
    expect(lifted('query ($Code_1: ID) { f(id: $Code_1, code: "a") }')).toEqual([
      'query ($Code_1: ID, $Code_1_: Code) { f(id: $Code_1, code: $Code_1_) }',
      { Code_1_: 'a' },
    ]);
  });

  it.each(['{ f(id: "a", text: "b", price: null, code: null) }', 'query ($a: Json) { f(json: {a: $a}) }'])(
    '%s stays as it is',
    (source) => {
      const document = parse(source);
      expect(liftScalars(document, schema)).toEqual({ document, variables: {} });
    },
  );

  it('has a subgraph see variables, with which it can refuse a value as the client’s mistake', async () => {
    await using gateway = await startTestGateway();
    const answer = await gateway.ask('query ($a: ID!) { echo(value: { a: [1, "x"] }) book(isbn: $a) { title } }', {
      variables: { a: '1' },
    });
    expect(answer).toMatchObject({ status: 200, data: { echo: { a: [1, 'x'] }, book: { title: 'Emma' } } });
    const byDefault = 'query other { books { title } } query it($a: Json = { b: 1 }) { echo(value: $a) }';
    const operationName = 'it';
    expect((await gateway.ask(byDefault, { operationName })).data).toEqual({ echo: { b: 1 } });
    expect((await gateway.ask(byDefault, { operationName, variables: { a: 2 } })).data).toEqual({ echo: 2 });
    expect((await gateway.ask(byDefault, { operationName, variables: { a: null } })).data).toEqual({ echo: null });
    expect(gateway.books.requests[0]?.body).toMatchObject({
      query: expect.stringContaining('echo(value:$Json_1)'),
      variables: { a: '1', Json_1: { a: [1, 'x'] } },
    });
  });
});
