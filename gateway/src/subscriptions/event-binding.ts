import { type CloudEvent, ConfigError, type Identity } from '@tributary/service-kit';
import { argumentOf, eventStreamDirective, textArgument } from '@tributary/service-kit/sdl';
import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  OperationTypeNode,
  parseValue,
  type ValueNode,
} from 'graphql';

/** How a field of `Subscription` hears events, as `@eventStream` says (ADR 0035). */
export interface EventBinding {
  /** Equal for bindings that choose alike. */
  readonly id: string;
  /** Of events, exactly. */
  readonly types: readonly string[];
  /** The type of the entity that an event is about. */
  readonly entity: string;
  /** Fields of its key, each by the field of the event's data that has it. */
  readonly key: ReadonlyMap<string, string>;
  /** Arguments of the field, each by the field of the data that has to equal it. */
  readonly where: ReadonlyMap<string, string>;
  /** The field of the data that has to be the caller's id. */
  readonly caller: string | undefined;
}

/** By the name of the field. @throws ConfigError for a directive that cannot be followed */
export function eventBindings(supergraph: DocumentNode): ReadonlyMap<string, EventBinding> {
  const name = eventStreamDirective(supergraph);
  const root = name === undefined ? undefined : subscriptionType(supergraph);
  const bindings = new Map<string, EventBinding>();
  for (const field of root?.fields ?? []) {
    const directive = field.directives?.find((one) => one.name.value === name);
    if (directive === undefined) continue;
    bindings.set(field.name.value, bindingOf(field, directive, supergraph));
  }
  return bindings;
}

function subscriptionType({ definitions }: DocumentNode): ObjectTypeDefinitionNode | undefined {
  const operations = definitions.flatMap((node) =>
    node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION ? (node.operationTypes ?? []) : [],
  );
  const named = operations.find(({ operation }) => operation === OperationTypeNode.SUBSCRIPTION)?.type.name.value;
  const types = definitions.filter((node) => node.kind === Kind.OBJECT_TYPE_DEFINITION);
  return types.find(({ name }) => name.value === (named ?? 'Subscription'));
}

function bindingOf(field: FieldDefinitionNode, directive: ConstDirectiveNode, supergraph: DocumentNode): EventBinding {
  const refuse = (what: string) => new ConfigError(`Subscription.${field.name.value} @eventStream: ${what}`);
  const list = argumentOf(directive, 'types');
  const given = list?.kind === Kind.LIST ? list.values : list === undefined ? [] : [list];
  const types = given.flatMap((value) => (value.kind === Kind.STRING ? [value.value] : []));
  if (types.length === 0) throw refuse('it names no types of events');
  const unusable = types.find((type) => !/^[\w-]+(\.[\w-]+)+$/.test(type));
  if (unusable !== undefined) throw refuse(`${unusable} is no type of event`);
  const type = field.type.kind === Kind.NON_NULL_TYPE ? field.type.type : field.type;
  const entity = type.kind === Kind.NAMED_TYPE ? type.name.value : '';
  const isObject = supergraph.definitions.some(
    (node) => node.kind === Kind.OBJECT_TYPE_DEFINITION && node.name.value === entity,
  );
  if (!isObject) throw refuse('the field is not of an object type');
  const key = membersOf(textArgument(directive, 'entity'), enumOf, (what) => refuse(`entity: ${what}`));
  if (key.size === 0) throw refuse('entity: it names no field of a key');
  const where = membersOf(textArgument(directive, 'where') ?? '{}', variableOf, (what) => refuse(`where: ${what}`));
  for (const argument of where.values()) {
    const isThere = field.arguments?.some(({ name }) => name.value === argument);
    if (isThere !== true) throw refuse(`where: the field has no argument ${argument}`);
  }
  const caller = textArgument(directive, 'caller');
  const id = JSON.stringify([entity, types, [...key], [...where.keys()], caller ?? null]);
  return { id, types, entity, key, where, caller };
}

/** The members of an object that is written as text, as `{ id: orderId }`. */
function membersOf(
  text: string | undefined,
  read: (value: ValueNode) => string | undefined,
  refuse: (what: string) => Error,
): Map<string, string> {
  let value: ValueNode | undefined;
  try {
    value = parseValue(text ?? '');
  } catch {
    // The parser's message is about a document that nobody has written.
  }
  if (value?.kind !== Kind.OBJECT) throw refuse('expected an object such as { id: orderId }');
  return new Map(
    value.fields.map(({ name, value: member }) => {
      const found = read(member);
      if (found === undefined) throw refuse(`${name.value} is not said as it should be`);
      return [name.value, found];
    }),
  );
}

const enumOf = (value: ValueNode) => (value.kind === Kind.ENUM ? value.value : undefined);
const variableOf = (value: ValueNode) => (value.kind === Kind.VARIABLE ? value.name.value : undefined);

/** What a subscription hears: events of which this is equal. Undefined: it would hear nothing. */
export function topicOf(
  binding: EventBinding,
  args: Readonly<Record<string, unknown>>,
  identity: Identity,
): string | undefined {
  const caller = binding.caller === undefined ? [] : [identity.kind === 'user' ? identity.userId : undefined];
  return topic(binding, [...[...binding.where.values()].map((name) => args[name]), ...caller]);
}

/** The same of an event; undefined where its data does not have what the binding names. */
export function topicOfEvent(binding: EventBinding, { data }: CloudEvent): string | undefined {
  const caller = binding.caller === undefined ? [] : [binding.caller];
  return topic(
    binding,
    [...binding.where.keys(), ...caller].map((name) => memberOf(data, name)),
  );
}

function topic(binding: EventBinding, values: readonly unknown[]): string | undefined {
  const texts = values.map(textOf);
  return texts.includes(undefined) ? undefined : `${binding.id} ${JSON.stringify(texts)}`;
}

/** The entity that an event is about, as subgraphs are asked for it; undefined where its data does not say. */
export function entityOfEvent(binding: EventBinding, { data }: CloudEvent): Representation | undefined {
  return representation(binding, (field) => memberOf(data, field));
}

/** The same of a subscription, where its arguments say it. */
export function entityOfArguments(
  binding: EventBinding,
  args: Readonly<Record<string, unknown>>,
): Representation | undefined {
  return representation(binding, (field) => args[binding.where.get(field) ?? '']);
}

export type Representation = Readonly<Record<string, unknown>>;

function representation(binding: EventBinding, read: (field: string) => unknown): Representation | undefined {
  const fields = [...binding.key].map(([name, field]) => [name, read(field)] as const);
  if (fields.some(([, value]) => textOf(value) === undefined)) return undefined;
  return { __typename: binding.entity, ...Object.fromEntries(fields) };
}

const memberOf = (data: unknown, name: string): unknown =>
  typeof data === 'object' && data !== null && Object.hasOwn(data, name)
    ? (data as Record<string, unknown>)[name]
    : undefined;

const MAX_VALUE = 200;

/** Ids may be numbers in one place and texts in another. */
const textOf = (value: unknown): string | undefined =>
  (typeof value === 'string' && value.length <= MAX_VALUE) || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
