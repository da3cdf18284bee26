import { buildASTSchema, type GraphQLSchema, getOperationAST, parse, validate } from 'graphql';
import { normaliseOperation } from '../../planner/normalise-operation.ts';
import { actualCost } from '../actual-cost.ts';
import { amountFor, type Variables } from '../amount.ts';
import { costDirectives } from '../cost-directives.ts';
import { compileEstimate } from '../estimate.ts';
import { FieldRules } from '../field-rules.ts';

export interface TestCosts {
  readonly schema: GraphQLSchema;
  estimate(source: string, variables?: Variables): number;
  actual(source: string, data: unknown, variables?: Variables): number;
}

const DEFINITIONS = `
  directive @cost(weight: String!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR
  directive @listSize(
    assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true
  ) on FIELD_DEFINITION
`;

/** Costs by a schema with the directives under their own names. */
export function costsOf(sdl: string, { assumedListSize = 10, isStrict = true } = {}): TestCosts {
  const document = parse(`${DEFINITIONS}\n${sdl}`);
  const schema = buildASTSchema(document);
  const rules = new FieldRules(schema, costDirectives(document));
  const normal = (source: string) => {
    const operations = parse(source);
    const operation = getOperationAST(operations);
    const errors = validate(schema, operations);
    if (operation == null || errors.length > 0) throw new AggregateError(errors, `no valid operation: ${source}`);
    return normaliseOperation(schema, operations, operation);
  };
  return {
    schema,
    estimate: (source, variables = {}) =>
      amountFor(compileEstimate(normal(source), schema, rules, { assumedListSize, isStrict }), variables),
    actual: (source, data, variables = {}) => actualCost(data, normal(source), schema, rules, variables),
  };
}
