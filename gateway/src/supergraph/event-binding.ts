import { type CloudEvent, ConfigError, type Identity } from '@tributary/service-kit';
import { type EventStream, EventStreamError, eventStreamDirective, readEventStream } from '@tributary/service-kit/sdl';
import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import { fieldSet, joins } from './supergraph-types.ts';

/** How a field of `Subscription` hears events, as `@eventStream` says (ADR 0035). */
export interface EventBinding extends EventStream {
  /** Equal for bindings that choose alike. */
  readonly id: string;
  /** The type of the entity that an event is about. */
  readonly entity: string;
}

/** By the name of the field. @throws ConfigError for a directive that cannot be followed */
export function eventBindings(supergraph: DocumentNode): ReadonlyMap<string, EventBinding> {
  const name = eventStreamDirective(supergraph);
  const root = name === undefined ? undefined : subscriptionType(supergraph);
  const bindings = new Map<string, EventBinding>();
  for (const field of root?.fields ?? []) {
    const directive = field.directives?.find((one) => one.name.value === name);
    if (root === undefined || directive === undefined) continue;
    bindings.set(field.name.value, bindingOf(root, field, directive, supergraph));
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

function bindingOf(
  root: ObjectTypeDefinitionNode,
  field: FieldDefinitionNode,
  directive: ConstDirectiveNode,
  supergraph: DocumentNode,
): EventBinding {
  const refuse = (what: string) => new ConfigError(`Subscription.${field.name.value} @eventStream: ${what}`);
  const stream = streamOf(field, directive, refuse);
  const type = field.type.kind === Kind.NON_NULL_TYPE ? field.type.type : field.type;
  const entity = type.kind === Kind.NAMED_TYPE ? type.name.value : '';
  const object = supergraph.definitions.find(
    (node) => node.kind === Kind.OBJECT_TYPE_DEFINITION && node.name.value === entity,
  ) as ObjectTypeDefinitionNode | undefined;
  if (object === undefined) throw refuse('the field is not of an object type');
  const names = [...stream.key.keys()];
  if (!hasKey(object, graphsOf(root, field), names))
    throw refuse(`entity: the field's subgraph has no key of ${entity} that is { ${names.join(' ')} }`);
  const { types, key, where, caller } = stream;
  const id = JSON.stringify([entity, types, [...key], [...where.keys()], caller ?? null]);
  return { id, entity, ...stream };
}

function streamOf(field: FieldDefinitionNode, directive: ConstDirectiveNode, refuse: (what: string) => Error) {
  try {
    return readEventStream(field, directive);
  } catch (error) {
    throw error instanceof EventStreamError ? refuse(error.message) : error;
  }
}

/** The subgraphs that a field is of: all that have its type, where it does not say. */
function graphsOf(root: ObjectTypeDefinitionNode, field: FieldDefinitionNode): readonly (string | undefined)[] {
  const own = joins(field, 'join__field');
  return (own.length > 0 ? own : joins(root, 'join__type')).map(({ graph }) => graph);
}

/** Whether one of the subgraphs can be asked for the entity by exactly these fields: by others it would answer nothing. */
const hasKey = (entity: ObjectTypeDefinitionNode, graphs: readonly (string | undefined)[], names: readonly string[]) =>
  joins(entity, 'join__type').some(({ graph, key, isResolvable }) => {
    if (key === undefined || !isResolvable || !graphs.includes(graph)) return false;
    const fields = fieldSet(key).selections.map((one) =>
      one.kind === Kind.FIELD && one.selectionSet === undefined ? one.name.value : undefined,
    );
    return fields.length === names.length && fields.every((one) => one !== undefined && names.includes(one));
  });

/** What a subscription hears: events of which this is equal. Undefined: it would hear nothing. */
export function topicOf(
  binding: EventBinding,
  args: Readonly<Record<string, unknown>>,
  identity: Identity,
): string | undefined {
  const caller = binding.caller === undefined ? [] : [identity.kind === 'user' ? identity.userId : undefined];
  return topic(binding, [...[...binding.where.values()].map((name) => args[name]), ...caller]);
}

/** An argument of which the binding makes use, and whose value is nothing that events could be found by. */
export const unusableArgument = (
  { where }: EventBinding,
  args: Readonly<Record<string, unknown>>,
): string | undefined => [...where.values()].find((name) => textOf(args[name]) === undefined);

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

/** Fields of the data that the binding names and the event does not have. One that is null it has. */
export const unsaidIn = ({ key, where, caller }: EventBinding, { data }: CloudEvent): string[] =>
  [...new Set([...key.values(), ...where.keys(), ...(caller === undefined ? [] : [caller])])].filter(
    (name) => memberOf(data, name) === undefined,
  );

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
