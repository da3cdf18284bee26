import { buildSchema, Kind, type OperationDefinitionNode, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { documentHash } from './document-hash.ts';
import { operationUsage } from './operation-usage.ts';

const schema = buildSchema('scalar Json type Query { a: Int b(json: Json): Int } type Mutation { c: Int }');

function usageOf(text: string, index = 0) {
  const document = parse(text);
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  return operationUsage(schema, document, operations[index] as OperationDefinitionNode);
}

describe('operationUsage', () => {
  it('is of one operation of a document, with its own fragments', () => {
    const text = 'query A { ...f } mutation C { c } fragment f on Query { a }';
    expect(usageOf(text, 1)).toEqual({
      operation: 'C',
      document: documentHash(parse('mutation C { c }')),
      coordinates: ['Mutation', 'Mutation.c', 'Int'],
    });
    expect(usageOf(text).document).toBe(documentHash(parse('query A { ...f } fragment f on Query { a }')));
  });

  it('has no name where there is none, and none that is longer than 100 characters', () => {
    expect(usageOf('{ a }').operation).toBe('');
    expect(usageOf(`query ${'n'.repeat(200)} { a }`).operation).toBe('n'.repeat(100));
  });

  it('leaves out what is there in every schema', () => {
    expect(usageOf('{ __typename __schema { types { name } } b }').coordinates.toSorted()).toEqual([
      'Int',
      'Query',
      'Query.b',
      'String',
    ]);
  });

  it('leaves out what stands in a literal of a custom scalar', () => {
    const { coordinates } = usageOf('{ b(json: { hunter2: { hunter2: HUNTER2 } }) }');
    expect(coordinates).toContain('Query.b(json:)');
    expect(coordinates.join()).not.toMatch(/hunter2/i);
  });
});
