import type { FieldNode } from 'graphql';
import { type Amount, sum } from './amount.ts';
import { argumentValue } from './argument-values.ts';
import type { FieldRule, InputCost } from './field-rules.ts';

/** What is given to a field costs: input objects 1 each, and what has a weight. Once a call, however long its list is. */
export function argumentsCost(node: FieldNode, rule: FieldRule): Amount {
  if (node.arguments === undefined || node.arguments.length === 0) return 0;
  return sum(
    rule.arguments.map((argument): Amount => {
      const { cost } = argument;
      if (cost === undefined) return 0;
      const { constant, given } = argumentValue(node, argument);
      return constant === undefined
        ? (variables) => inputCost(given(variables), cost)
        : inputCost(constant.value, cost);
    }),
  );
}

function inputCost(value: unknown, cost: InputCost): number {
  if (cost === undefined || value === undefined || value === null) return 0;
  const { weight, fields } = cost;
  // A list weighs what is in it.
  if (Array.isArray(value)) return value.reduce((total, item) => total + inputCost(item, cost), 0);
  if (fields === undefined || typeof value !== 'object') return weight;
  return Object.entries(value).reduce((total, [name, inner]) => total + inputCost(inner, fields.get(name)), weight);
}
