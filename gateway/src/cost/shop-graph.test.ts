import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  buildASTSchema,
  type GraphQLField,
  getNamedType,
  getOperationAST,
  getVariableValues,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { costConfig } from '../config/cost-config.ts';
import { readDocuments } from '../documents/read-documents.ts';
import { normaliseOperation } from '../planner/normalise-operation.ts';
import { amountFor } from './amount.ts';
import { costDirectives } from './cost-directives.ts';
import { compileEstimate } from './estimate.ts';
import { FieldRules } from './field-rules.ts';

const folder = (name: string) => fileURLToPath(new URL(`../../../schema/${name}`, import.meta.url));
const supergraph = parse(readFileSync(folder('supergraph.graphql'), 'utf8'));
const schema = buildASTSchema(supergraph, { assumeValidSDL: true });
const directives = costDirectives(supergraph);
const rules = new FieldRules(schema, directives);
const { maxPerRequest, assumedListSize } = costConfig.parse(undefined);

const isList = ({ type }: GraphQLField<unknown, unknown>) => isListType(isNonNullType(type) ? type.ofType : type);
const lists = Object.values(schema.getTypeMap())
  .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
  .flatMap((type) => (isObjectType(type) ? Object.values(type.getFields()).map((field) => ({ type, field })) : []))
  .filter(({ field }) => isList(field) && isCompositeType(getNamedType(field.type)));

/** `ProductConnection.edges`, where a field that gives a ProductConnection sizes its `edges`. */
const sizedBelow = new Set(
  [...directives.listSizes].flatMap(([coordinate, { sizedFields }]) => {
    const [type, name] = coordinate.split('.') as [string, string];
    const parent = schema.getType(type);
    const field = isObjectType(parent) ? parent.getFields()[name] : undefined;
    return [...(sizedFields?.keys() ?? [])].map((sized) => `${field && getNamedType(field.type).name}.${sized}`);
  }),
);

describe('the shop’s graph', () => {
  test('says of each list of objects how long it gets', () => {
    const open = lists
      .map(({ type, field }) => `${type.name}.${field.name}`)
      .filter((coordinate) => !directives.listSizes.has(coordinate) && !sizedBelow.has(coordinate))
      // The refusals of a mutation: a few, and their lists are leaves of the answer.
      .filter((coordinate) => !/Payload\.errors$/.test(coordinate));
    expect(lists.length).toBeGreaterThan(40);
    expect(open).toEqual([]);
  });

  test('has no list that may be longer than 100 unless somebody asks for it, which is refused', () => {
    for (const [coordinate, { assumedSize, slicingArguments }] of directives.listSizes) {
      expect(assumedSize ?? 0, coordinate).toBeLessThanOrEqual(100);
      // Capped by service-kit’s `checkLimit`, whatever the field.
      for (const path of slicingArguments) expect(['first', 'limit'], coordinate).toContain(path.join('.'));
    }
  });
});

const documents = readDocuments(folder('documents'));

describe('a trusted document costs a hundredth of what a request may, at most:', () => {
  test.each(documents)('$name', ({ text, variables = '{}' }) => {
    const document = parse(text);
    const operation = getOperationAST(document) as OperationDefinitionNode;
    const { coerced = {} } = getVariableValues(schema, operation.variableDefinitions ?? [], JSON.parse(variables));
    const normal = normaliseOperation(schema, document, operation);
    const estimate = compileEstimate(normal, schema, rules, { assumedListSize, isStrict: true });
    const cost = amountFor(estimate, coerced);
    expect(cost).toBeGreaterThan(0);
    expect(cost).toBeLessThan(maxPerRequest / 100);
  });
});
