import { anonymous } from '@tributary/service-kit';
import fc from 'fast-check';
import {
  execute,
  type GraphQLFieldResolver,
  getNamedType,
  getOperationAST,
  isObjectType,
  OperationTypeNode,
  parse,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { normaliseOperation } from '../planner/normalise-operation.ts';
import { petsResolver, petsSchema } from '../planner/testing/pets-schema.ts';
import { randomOperation } from '../planner/testing/random-operation.ts';
import { Authorizer } from './authorizer.ts';
import type { Requirement } from './requirement.ts';

const RUNS = 40;
const SIGNED_IN: Requirement = { directive: 'authenticated', alternatives: [[]] };

const objects = Object.values(petsSchema.getTypeMap()).filter(
  (type) => isObjectType(type) && !type.name.startsWith('__'),
);
const coordinates = objects.flatMap((type) =>
  ('getFields' in type ? Object.keys(type.getFields()) : []).map((name) => `${type.name}.${name}`),
);
const types = ['Dog', 'Cat', 'Fish', 'Owner', 'Any', 'Pet', 'Walker', 'Node', 'Tag', 'Json'];

/** What of the schema is protected: some of its fields and types. */
const protectedParts = fc.tuple(fc.subarray(coordinates, { maxLength: 6 }), fc.subarray(types, { maxLength: 2 }));

/** By graphql-js: the fields of objects that a query leads to. */
function resolvedBy(text: string, variableValues: Record<string, unknown>): Set<string> {
  const resolved = new Set<string>();
  const resolve = petsResolver();
  const fieldResolver: GraphQLFieldResolver<unknown, unknown> = (source, given, context, info) => {
    resolved.add(`${info.parentType.name}.${info.fieldName}`);
    return resolve(source, given, context, info);
  };
  execute({ schema: petsSchema, document: parse(text), variableValues, fieldResolver });
  return resolved;
}

describe.each([OperationTypeNode.QUERY, OperationTypeNode.MUTATION])('any %s', (kind) => {
  it('asks subgraphs for nothing that the caller may not see, whatever that is', () => {
    let denials = 0;
    const property = fc.property(fc.integer(), protectedParts, (seed, [fields, ofTypes]) => {
      const { source, variables } = randomOperation(seed, petsSchema, kind);
      const document = parse(source);
      fc.pre(validate(petsSchema, document).length === 0);
      const operation = getOperationAST(document);
      if (operation == null) throw new Error('no operation');
      const table = {
        all: [SIGNED_IN],
        ofType: (name: string) => (ofTypes.includes(name) ? [SIGNED_IN] : []),
        ofField: (type: string, field: string) => (fields.includes(`${type}.${field}`) ? [SIGNED_IN] : []),
      };
      const denial = new Authorizer(table, petsSchema, new Map()).denialOf(document, operation, anonymous);
      if (denial !== undefined) denials++;
      const { text, literals } = normaliseOperation(petsSchema, document, operation, denial?.withhold);
      if (text === '') return;
      expect(validate(petsSchema, parse(text)), text).toEqual([]);
      const leaked = [...resolvedBy(text, { ...literals, ...variables })].filter((coordinate) => {
        const [type = '', field = ''] = coordinate.split('.');
        const object = petsSchema.getType(type);
        const value = isObjectType(object) ? getNamedType(object.getFields()[field]?.type) : undefined;
        return fields.includes(coordinate) || ofTypes.includes(type) || ofTypes.includes(value?.name ?? '');
      });
      expect(leaked, `${source}\n${text}\n${[...fields, ...ofTypes]}`).toEqual([]);
    });
    fc.assert(property, { numRuns: RUNS });
    // Else it has shown nothing.
    expect(denials).toBeGreaterThan(RUNS / 10);
  });
});
