import {
  type GraphQLNamedOutputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql';
import type { DeferGroup } from '../planner/defer-usage.ts';
import type { NormalField, NormalPlace, NormalSelectionSet } from '../planner/normal-operation.ts';
import type { StreamUsage } from '../planner/stream-usage.ts';
import { type DeferredFields, deferredFields, hasDeferred, ownFields } from './defer/deferred-fields.ts';
import { type LeafText, leafText } from './leaf-values.ts';
import type { ProjectionRun } from './projection-run.ts';
import { isTreeObject, type TreeObject } from './response-tree.ts';

/**
 * Writes a value as the client is to see it. Undefined: it is null, and may not be (GraphQL, 6.4.4 "Handling Execution
 * Errors"); whoever holds it is null in its place.
 */
type Emit = (value: unknown, run: ProjectionRun, key: string | number) => string | undefined;

/** The text of the client's `data`. */
export type Projection = (run: ProjectionRun) => string;

/**
 * The client's selection, compiled: one pass over the response tree completes its values, propagates nulls and writes
 * the JSON text. `introspect` answers `__schema` and `__type`.
 */
export function compileProjection(selection: NormalSelectionSet, rootType: string, schema: GraphQLSchema): Projection {
  const type = schema.getType(rootType) as GraphQLNamedOutputType;
  const emit = objectEmit(selection, type, schema, undefined);
  return (run) => {
    const text = emit(run.data, run, '');
    if (text === undefined) run.deferred.length = 0;
    return text ?? 'null';
  };
}

type Emitted = Pick<NormalField, 'selection' | 'group' | 'stream'>;

function emitOf(type: GraphQLOutputType, field: Emitted, schema: GraphQLSchema): Emit {
  if (!isNonNullType(type)) {
    const present = presentEmit(type, field, schema);
    if (hasDeferred(field)) return orNull(present);
    return (value, run, key) => (value === null || value === undefined ? 'null' : (present(value, run, key) ?? 'null'));
  }
  const present = presentEmit(type.ofType, field, schema);
  return (value, run, key) => {
    if (value !== null && value !== undefined) return present(value, run, key);
    run.missing(key);
    return undefined;
  };
}

/** Of what is null in the end, nothing is delivered later. */
const orNull =
  (present: Emit): Emit =>
  (value, run, key) => {
    if (value === null || value === undefined) return 'null';
    const before = run.deferred.length;
    const text = present(value, run, key);
    if (text === undefined) run.deferred.length = before;
    return text ?? 'null';
  };

/** For a value that is not null. */
function presentEmit(type: GraphQLOutputType, field: Emitted, schema: GraphQLSchema): Emit {
  if (isListType(type)) {
    const { stream, ...ofItems } = field;
    const item = emitOf(type.ofType, ofItems, schema);
    return stream === undefined ? listEmit(item) : streamedListEmit(item, stream);
  }
  if (isLeafType(type)) return leafEmit(leafText(type));
  const object = objectEmit(field.selection ?? NO_FIELDS, type as GraphQLNamedOutputType, schema, field.group);
  return (value, run, key) => {
    run.path.push(key);
    const text = object(value, run, key);
    run.path.pop();
    return text;
  };
}

function leafEmit(textOf: LeafText): Emit {
  return (value, run, key) => {
    const text = textOf(value, run.isPlain);
    if (text === undefined) run.invalid(key);
    return text;
  };
}

function listEmit(item: Emit): Emit {
  return (value, run, key) => {
    if (!Array.isArray(value)) {
      run.invalid(key);
      return undefined;
    }
    run.path.push(key);
    let text = '[';
    for (let index = 0; index < value.length; index++) {
      const itemText = item(value[index], run, index);
      if (itemText === undefined) {
        run.path.pop();
        return undefined;
      }
      text += index === 0 ? itemText : `,${itemText}`;
    }
    run.path.pop();
    return `${text}]`;
  };
}

/** The first items, where the others are delivered later. */
function streamedListEmit(item: Emit, usage: StreamUsage): Emit {
  const list = listEmit(item);
  return (value, run, key) => {
    const streaming = run.streamingOf(usage);
    if (streaming === undefined || !Array.isArray(value) || value.length <= streaming.count) {
      return list(value, run, key);
    }
    const text = list(value.slice(0, streaming.count), run, key);
    if (text !== undefined) run.stream(streaming, { items: value, emit: item }, key);
    return text;
  };
}

const NO_FIELDS: NormalSelectionSet = { fields: [], places: undefined };

/** The fields of a selection that are delivered together. The path leads to the object already. */
function objectEmit(
  all: NormalSelectionSet,
  type: GraphQLNamedOutputType,
  schema: GraphQLSchema,
  group: DeferGroup | undefined,
): Emit {
  const selection = ownFields(all, group);
  const emit = selectionEmit(selection, fieldsByType(selection, type, schema));
  if (selection === all) return emit;
  const later = laterFields(all, type, schema, group);
  return (value, run, key) => {
    const before = run.deferred.length;
    const text = emit(value, run, key);
    if (text === undefined) run.deferred.length = before;
    else for (const fields of later) run.defer(fields, value as TreeObject);
    return text;
  };
}

function laterFields(
  all: NormalSelectionSet,
  type: GraphQLNamedOutputType,
  schema: GraphQLSchema,
  group: DeferGroup | undefined,
): DeferredFields[] {
  return deferredFields(all, group).map(({ selection, ...later }) => {
    const fieldsOf = fieldsByType(selection, type, schema);
    const emit = selectionEmit(selection, fieldsOf);
    // Of an interface object, the type may come with the fields.
    const isTypeOpen = ({ __typename: name }: TreeObject) => isAbstractType(type) && name === type.name;
    return {
      ...later,
      isSelected: (object, run) =>
        (isTypeOpen(object) ? selection.fields : fieldsOf(object, run))?.some(
          ({ conditions }) => conditions === undefined || run.isSelected(conditions),
        ) === true,
      emit: (object, run) => emit(object, run, ''),
    };
  });
}

function selectionEmit(selection: NormalSelectionSet, fieldsOf: FieldsOf): Emit {
  const memo = Symbol('texts');
  return (value, run) => {
    if (!isTreeObject(value)) {
      run.invalid();
      return undefined;
    }
    const isShared = run.shared.has(value);
    const known = isShared ? run.textOf(memo, value) : undefined;
    if (known !== undefined) return known;
    const fields = fieldsOf(value, run);
    if (fields === undefined) {
      run.invalid();
      return undefined;
    }
    const errors = run.errorCount;
    const deferred = run.deferred.length;
    let text = '{';
    for (const field of selection.places === undefined ? fields : run.inOrder(fields)) {
      if (field.conditions !== undefined && !run.isSelected(field.conditions)) continue;
      const fieldText = field.emit(value[field.planKey], run, field.responseKey);
      if (fieldText === undefined) return undefined;
      text += text.length === 1 ? field.first : field.next;
      text += fieldText;
    }
    text += '}';
    // What has errors is written for each of its places, where they belong; and so is what has parts that come later.
    if (isShared && run.errorCount === errors && run.deferred.length === deferred) run.keepText(memo, value, text);
    return text;
  };
}

interface EmittedField extends Pick<NormalField, 'planKey' | 'responseKey' | 'conditions'> {
  isDenied: boolean;
  places: readonly NormalPlace[] | undefined;
  /** `"name":`, and the same after a comma. */
  first: string;
  next: string;
  emit: Emit;
}

type FieldsOf = (object: TreeObject, run: ProjectionRun) => readonly EmittedField[] | undefined;

/** The fields of a selection, for the type that an object turns out to have; undefined where it has none that it can have. */
function fieldsByType(selection: NormalSelectionSet, type: GraphQLNamedOutputType, schema: GraphQLSchema): FieldsOf {
  const emits = new Map<NormalField, Emit>();
  const emitOfField = (field: NormalField) => {
    const emit = emits.get(field) ?? emitOf(field.type, field, schema);
    emits.set(field, emit);
    return emit;
  };
  const fieldsOn = (name: string) =>
    selection.fields.flatMap((field, index) => {
      const isThere = field.onTypes === undefined || field.onTypes.has(name);
      return isThere ? [{ ...emittedField(field, name, emitOfField), places: selection.places?.[index] }] : [];
    });
  if (!isAbstractType(type)) {
    const fields = fieldsOn(type.name);
    return () => fields;
  }
  const possible = new Set(schema.getPossibleTypes(type).map(({ name }) => name));
  const byType = new Map<string, readonly EmittedField[]>();
  // Where nothing hangs on the type, a plan may not ask for it.
  const isTyped = selection.fields.some(({ name, onTypes }) => onTypes !== undefined || name === '__typename');
  const untyped = isTyped ? undefined : fieldsOn('');
  return (object, run) => {
    const { __typename: name } = object;
    if (name === undefined) return untyped;
    // An interface object: who knows more was not asked, as nothing is wanted of it.
    if (name === type.name) return untyped?.every((field) => isThere(field, object, run)) ? untyped : undefined;
    if (typeof name !== 'string' || !possible.has(name)) return undefined;
    const fields = byType.get(name) ?? fieldsOn(name);
    byType.set(name, fields);
    return fields;
  };
}

const isThere = ({ planKey, conditions, isDenied }: EmittedField, object: TreeObject, run: ProjectionRun): boolean =>
  object[planKey] !== undefined || isDenied || (conditions !== undefined && !run.isSelected(conditions));

function emittedField(
  field: NormalField,
  typeName: string,
  emitOfField: (field: NormalField) => Emit,
): Omit<EmittedField, 'places'> {
  const { planKey, responseKey, conditions, isDenied = false, name } = field;
  const first = `${JSON.stringify(responseKey)}:`;
  return {
    planKey,
    responseKey,
    conditions,
    isDenied,
    first,
    next: `,${first}`,
    emit: emitNamed(field, name, typeName, emitOfField),
  };
}

/** Null, whatever the plan needed to know of it. */
function deniedEmit(field: NormalField): Emit {
  const text = isNonNullType(field.type) ? undefined : 'null';
  return (_value, run, key) => {
    run.denied(field, key);
    return text;
  };
}

function emitNamed(
  field: NormalField,
  name: string,
  typeName: string,
  emitOfField: (field: NormalField) => Emit,
): Emit {
  if (field.isDenied) return deniedEmit(field);
  if (name === '__typename') {
    const text = JSON.stringify(typeName);
    return () => text;
  }
  if (name === '__schema' || name === '__type') return (_value, run) => run.introspect(field);
  return emitOfField(field);
}
