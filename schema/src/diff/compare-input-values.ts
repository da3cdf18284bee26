import {
  astFromValue,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  isNonNullType,
  isRequiredArgument,
  print,
} from 'graphql';
import type { Change } from './change.ts';
import { compareDescriptions } from './compare-descriptions.ts';
import { typeChanges } from './type-changes.ts';

type InputValue = GraphQLArgument | GraphQLInputField;
type What = 'ARGUMENT' | 'INPUT_FIELD';

/** @param field the coordinate of whose arguments they are. */
export function* compareArguments(
  field: string,
  was: readonly GraphQLArgument[],
  is: readonly GraphQLArgument[],
): Generator<Change> {
  yield* compareInputValues('ARGUMENT', was, is, { parent: field, coordinateOf: (name) => `${field}(${name}:)` });
}

export function* compareInputFields(was: GraphQLInputObjectType, is: GraphQLInputObjectType): Generator<Change> {
  const { name: parent } = is;
  if (!was.isOneOf && is.isOneOf) {
    const message = `The input type ${parent} takes exactly one of its fields now (@oneOf).`;
    yield { code: 'ONE_OF_ADDED', coordinate: parent, message, uses: [parent] };
  } else if (was.isOneOf && !is.isOneOf) {
    const message = `The input type ${parent} takes any of its fields now (no @oneOf).`;
    yield { code: 'ONE_OF_REMOVED', coordinate: parent, message, uses: [] };
  }
  const [old, now] = [was, is].map((type) => Object.values(type.getFields()));
  const coordinateOf = (name: string) => `${parent}.${name}`;
  yield* compareInputValues('INPUT_FIELD', old ?? [], now ?? [], { parent, coordinateOf });
}

function* compareInputValues(
  what: What,
  was: readonly InputValue[],
  is: readonly InputValue[],
  { parent, coordinateOf }: { parent: string; coordinateOf: (name: string) => string },
): Generator<Change> {
  const noun = what === 'ARGUMENT' ? 'argument' : 'input field';
  // What a variable holds is not in a document: who has one of the input type may give the field.
  const usesOf = (coordinate: string) => (what === 'ARGUMENT' ? [coordinate] : [coordinate, parent]);
  for (const { name } of was) {
    if (is.some((other) => other.name === name)) continue;
    const coordinate = coordinateOf(name);
    const message = `The ${noun} ${coordinate} is removed.`;
    yield { code: `${what}_REMOVED`, coordinate, message, uses: usesOf(coordinate) };
  }
  for (const value of is) {
    const coordinate = coordinateOf(value.name);
    const old = was.find(({ name }) => name === value.name);
    if (old !== undefined) {
      yield* compareDescriptions(coordinate, old, value);
      yield* compareInputTypes(what, coordinate, [old, value], { given: usesOf(coordinate), leftOut: [parent] });
      yield* compareDefaults(what, coordinate, [old, value], [parent]);
    } else if (isRequiredArgument(value as GraphQLArgument)) {
      const message = `The required ${noun} ${coordinate} is added.`;
      yield { code: `${what}_REQUIRED_ADDED`, coordinate, message, uses: [parent] };
    } else {
      const message = `The optional ${noun} ${coordinate} is added.`;
      yield { code: `${what}_OPTIONAL_ADDED`, coordinate, message, uses: [] };
    }
  }
}

function* compareInputTypes(
  what: What,
  coordinate: string,
  [was, is]: readonly [InputValue, InputValue],
  { given, leftOut }: { given: readonly string[]; leftOut: readonly string[] },
): Generator<Change> {
  const message = `The type of ${coordinate} is ${is.type}, and was ${was.type}.`;
  const changes = typeChanges(was.type, is.type);
  if (changes.has('name')) yield { code: `${what}_TYPE_CHANGED`, coordinate, message, uses: given };
  else if (changes.has('list')) yield { code: `${what}_LIST_CHANGED`, coordinate, message, uses: given };
  // Who leaves it out is affected as well as who gives null.
  else if (changes.has('nonNull'))
    yield { code: `${what}_NON_NULL`, coordinate, message, uses: [...given, ...leftOut] };
  else if (changes.has('nullable')) yield { code: `${what}_NULLABLE`, coordinate, message, uses: [] };
}

function* compareDefaults(
  what: What,
  coordinate: string,
  [was, is]: readonly [InputValue, InputValue],
  uses: readonly string[],
): Generator<Change> {
  const [old, now] = [defaultOf(was), defaultOf(is)];
  if (old === now) return;
  const mustBeGiven = isNonNullType(is.type);
  if (old !== undefined && now === undefined && mustBeGiven) {
    const message = `The default ${old} of ${coordinate} is removed: it must be given now.`;
    yield { code: `${what}_DEFAULT_REMOVED`, coordinate, message, uses };
  } else if (old === undefined && isNonNullType(was.type)) {
    const message = `${coordinate} has a default, ${now}, and may be left out now.`;
    yield { code: `${what}_DEFAULT_ADDED`, coordinate, message, uses: [] };
  } else {
    const message = `The default of ${coordinate} is ${now ?? 'absent'}, and was ${old ?? 'absent'}.`;
    yield { code: `${what}_DEFAULT_CHANGED`, coordinate, message, uses };
  }
}

function defaultOf({ defaultValue, type }: InputValue): string | undefined {
  if (defaultValue === undefined) return undefined;
  const node = astFromValue(defaultValue, type);
  return node == null ? undefined : print(node);
}
