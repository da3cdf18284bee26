import { type FieldNode, valueFromAST } from 'graphql';
import { variablesIn } from '../planner/argument-text.ts';
import type { Variables } from './amount.ts';
import type { ArgumentRule } from './field-rules.ts';

/** The value of an argument as a field gets it; undefined where it is left out and has no default. */
export interface ArgumentValue {
  /** Undefined where it hangs on variables. */
  readonly constant: { readonly value: unknown } | undefined;
  /** The argument's default is not among them. */
  given(variables: Variables): unknown;
}

const NOTHING: ArgumentValue = { constant: { value: undefined }, given: () => undefined };

export function argumentValue({ arguments: nodes = [] }: FieldNode, { name, type }: ArgumentRule): ArgumentValue {
  const node = nodes.find((one) => one.name.value === name)?.value;
  if (node === undefined) return NOTHING;
  if (variablesIn(node).length > 0) {
    return { constant: undefined, given: (variables) => valueFromAST(node, type, variables) };
  }
  const value = valueFromAST(node, type);
  return { constant: { value }, given: () => value };
}
