import { buildSchema, Kind, type OperationDefinitionNode, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { variableUsage } from './variable-usage.ts';

const schema = buildSchema(`
  enum Order { ASC DESC }
  scalar Json
  input Near { km: Int order: Order }
  input Filter { near: Near, order: Order = ASC, and: [[Filter!]!], text: String, json: Json }
  type Query { a(filter: Filter, filters: [Filter], order: Order, text: String, json: Json): Int }
`);

function usageOf(declaration: string) {
  const { definitions } = parse(`query (${declaration}) { a }`);
  const operation = definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  return variableUsage(schema, operation as OperationDefinitionNode);
}

function usedBy(declaration: string, json: string): string[] {
  const used: string[] = [];
  usageOf(declaration)?.(JSON.parse(json), (coordinate) => used.push(coordinate));
  return used;
}

describe('variableUsage', () => {
  it('is none where no variable can hold an input object or an enum value', () => {
    expect(usageOf('$text: String!, $json: Json, $ids: [ID!]')).toBeUndefined();
    expect(usageOf('$text: String!, $order: Order')).toBeTypeOf('function');
  });

  it('counts fields that are sent, inside of others and of lists, and null', () => {
    expect(usedBy('$f: Filter!', '{ "f": { "near": { "km": 1 }, "and": [[{ "text": null }]] } }')).toEqual([
      ...['Filter.near', 'Near.km', 'Filter.and', 'Filter.text'],
    ]);
  });

  it('counts no field that only a default would add', () => expect(usedBy('$f: Filter', '{ "f": {} }')).toEqual([]));

  it('counts enum values, in lists too, and where one stands for a list', () => {
    expect(usedBy('$o: [Order!]', '{ "o": ["ASC", "DESC"] }')).toEqual(['Order.ASC', 'Order.DESC']);
    expect(usedBy('$o: [Order!]', '{ "o": "DESC" }')).toEqual(['Order.DESC']);
    expect(usedBy('$f: [Filter]', '{ "f": { "order": "ASC" } }')).toEqual(['Filter.order', 'Order.ASC']);
  });

  it.each([
    ['a variable that is not declared', '{ "secret": { "near": {} } }'],
    ['a field that there is not', '{ "f": { "secret": 1, "__proto__": { "near": 1 }, "constructor": 1 } }'],
    ['what is not of the type', '{ "f": "secret" }'],
    ['nothing', '{ "f": null }'],
  ])('counts nothing for %s', (_, json) => expect(usedBy('$f: Filter', json)).toEqual([]));

  it('never tells a value', () => {
    const json = '{ "f": { "order": "secret", "text": "secret", "json": { "secret": "secret", "near": 1 } } }';
    expect(usedBy('$f: Filter', json)).toEqual(['Filter.order', 'Filter.text', 'Filter.json']);
  });
});
