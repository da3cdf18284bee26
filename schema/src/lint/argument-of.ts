import { type ConstDirectiveNode, type ConstValueNode, Kind } from 'graphql';

/** The value that a directive is given for an argument, if it is given one. */
export const argumentOf = (directive: ConstDirectiveNode, name: string): ConstValueNode | undefined =>
  directive.arguments?.find((argument) => argument.name.value === name)?.value;

/** The same, where it is a string. */
export function stringArgumentOf(directive: ConstDirectiveNode, name: string): string | undefined {
  const value = argumentOf(directive, name);
  return value?.kind === Kind.STRING ? value.value : undefined;
}
