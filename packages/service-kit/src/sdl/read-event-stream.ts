import { type ConstDirectiveNode, type FieldDefinitionNode, Kind, parseValue, type ValueNode } from 'graphql';
import { argumentOf, textArgument } from './directive-arguments.ts';

/** What an `@eventStream` says. */
export interface EventStream {
  /** Of events, exactly. */
  readonly types: readonly string[];
  /** Fields of the entity's key, each by the field of the event's data that has it. */
  readonly key: ReadonlyMap<string, string>;
  /** Arguments of the field, each by the field of the data that has to equal it. */
  readonly where: ReadonlyMap<string, string>;
  /** The field of the data that has to be the caller's id. */
  readonly caller: string | undefined;
}

/** What is wrong with an `@eventStream`, by what it says and the field that it is on. */
export class EventStreamError extends Error {}

/** @throws EventStreamError */
export function readEventStream(field: FieldDefinitionNode, directive: ConstDirectiveNode): EventStream {
  const list = argumentOf(directive, 'types');
  const given = list?.kind === Kind.LIST ? list.values : list === undefined ? [] : [list];
  const types = given.flatMap((value) => (value.kind === Kind.STRING ? [value.value] : []));
  if (types.length === 0) throw new EventStreamError('it names no types of events');
  const unusable = types.find((type) => !/^[\w-]+(\.[\w-]+)+$/.test(type));
  if (unusable !== undefined) throw new EventStreamError(`${unusable} is no type of event`);
  const key = membersOf(directive, 'entity', Kind.ENUM, "a field of the events' data, as in { id: orderId }");
  if (key.size === 0) throw new EventStreamError('entity: it names no field of a key');
  const where = membersOf(directive, 'where', Kind.VARIABLE, 'an argument of the field, as in { orderId: $id }');
  for (const argument of where.values()) {
    const isThere = field.arguments?.some(({ name }) => name.value === argument);
    if (isThere !== true) throw new EventStreamError(`where: the field has no argument ${argument}`);
  }
  return { types, key, where, caller: textArgument(directive, 'caller') };
}

/** The members of an argument that is an object, written as text. */
function membersOf(
  directive: ConstDirectiveNode,
  argument: string,
  kind: Kind.ENUM | Kind.VARIABLE,
  expected: string,
): Map<string, string> {
  const text = textArgument(directive, argument) ?? (argument === 'where' ? '{}' : '');
  let value: ValueNode | undefined;
  try {
    value = parseValue(text);
  } catch {
    // The parser's message is about a document that nobody has written.
  }
  if (value?.kind !== Kind.OBJECT)
    throw new EventStreamError(`${argument}: expected an object such as { id: orderId }`);
  return new Map(
    value.fields.map(({ name, value: member }) => {
      if (member.kind !== kind) throw new EventStreamError(`${argument}: ${name.value}: expected ${expected}`);
      return [name.value, member.kind === Kind.ENUM ? member.value : member.name.value];
    }),
  );
}
