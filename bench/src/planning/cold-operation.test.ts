import { composeServices } from '@apollo/composition';
import { type GraphQLSchema, parse, validate } from 'graphql';
import { expect, it } from 'vitest';
import { SUBGRAPH_NAMES, SUBGRAPHS } from '../gateways/fixtures/schemas.ts';
import { coldOperation } from './cold-operation.ts';

it('is valid, and another one for each number', () => {
  const services = SUBGRAPH_NAMES.map((name) => ({ name, url: '', typeDefs: SUBGRAPHS[name] }));
  const { schema, errors } = composeServices(services);
  expect(errors).toBeUndefined();
  const api = schema?.toAPISchema().toGraphQLJSSchema() as GraphQLSchema;
  const numbers = Array.from({ length: 2000 }, (_, index) => index * 65 + 1);
  const operations = numbers.map(coldOperation);
  expect(new Set(operations).size).toBe(numbers.length);
  for (const operation of operations) expect(validate(api, parse(operation))).toEqual([]);
});
