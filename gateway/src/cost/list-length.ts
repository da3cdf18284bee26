import { CodedError } from '@tributary/service-kit';
import type { FieldNode } from 'graphql';
import type { Amount, Variables } from './amount.ts';
import { type ArgumentValue, argumentValue } from './argument-values.ts';
import type { ListSize } from './cost-directives.ts';
import type { FieldRule } from './field-rules.ts';

interface SlicingArgument {
  readonly value: ArgumentValue;
  readonly defaultValue: unknown;
  /** Inside of the value. */
  readonly path: readonly string[];
}

/**
 * How long the list of a field with `@listSize` gets: as long as the largest slicing argument says, which may be its
 * default; else `assumedSize`; else `otherwise`.
 *
 * @param isStrict whether the slicing argument that `requireOneSlicingArgument` wants has to be there
 */
export function listLength(
  node: FieldNode,
  { listSize, arguments: known }: FieldRule,
  otherwise: number,
  isStrict: boolean,
): Amount {
  if (listSize === undefined) return otherwise;
  const slicing = listSize.slicingArguments.flatMap(([name, ...path]): SlicingArgument[] => {
    const rule = known.find((argument) => argument.name === name);
    return rule === undefined ? [] : [{ value: argumentValue(node, rule), defaultValue: rule.defaultValue, path }];
  });
  const assumed = Math.max(0, listSize.assumedSize ?? otherwise);
  if (slicing.length === 0) return assumed;
  const length = (variables: Variables) => lengthIn(slicing, variables, assumed);
  const check = isStrict && listSize.requireOneSlicingArgument ? checkOf(node, listSize, slicing) : undefined;
  if (slicing.every(({ value }) => value.constant !== undefined)) {
    const refusal = check?.({});
    if (refusal === undefined) return length({});
    // Only where the field is selected: it may be skipped.
    return () => {
      throw refusal;
    };
  }
  if (check === undefined) return length;
  return (variables) => {
    const refusal = check(variables);
    if (refusal !== undefined) throw refusal;
    return length(variables);
  };
}

function lengthIn(slicing: readonly SlicingArgument[], variables: Variables, assumed: number): number {
  let most: number | undefined;
  for (const { value, defaultValue, path } of slicing) {
    const given = value.given(variables);
    const size = sizeAt(given === undefined ? defaultValue : given, path);
    if (size !== undefined) most = Math.max(most ?? 0, size);
  }
  return most ?? assumed;
}

function sizeAt(value: unknown, path: readonly string[]): number | undefined {
  const found = valueAt(value, path);
  if (typeof found === 'number') return Math.max(0, found);
  return Array.isArray(found) ? found.length : undefined;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const name of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Record<string, unknown>)[name];
  }
  return found;
}

/** Exactly one is to be given; none, where one that is left out has a default. */
function checkOf(node: FieldNode, { slicingArguments }: ListSize, slicing: readonly SlicingArgument[]) {
  return (variables: Variables): CodedError | undefined => {
    let given = 0;
    let defaults = 0;
    for (const { value, defaultValue, path } of slicing) {
      const own = value.given(variables);
      if (sizeAt(own, path) !== undefined) given++;
      else if (own === undefined && sizeAt(defaultValue, path) !== undefined) defaults++;
    }
    if (given === 1 || (given === 0 && defaults > 0)) return undefined;
    const names = slicingArguments.map((path) => path.join('.')).join(', ');
    return new CodedError(
      'BAD_USER_INPUT',
      `The field ${node.name.value} needs exactly one of its arguments ${names}.`,
    );
  };
}
