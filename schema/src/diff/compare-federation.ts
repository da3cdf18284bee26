import { argumentOf, textArgument } from '@tributary/service-kit/sdl';
import { type ConstDirectiveNode, type DocumentNode, Kind, parse, print } from 'graphql';
import type { Change } from './change.ts';
import type { ChangeCode } from './change-kinds.ts';
import { type Applied, appliedIn } from './compare-applied.ts';

/** What else the graph consists of. */
export interface Surroundings {
  /** Whether another subgraph resolves the field. */
  isResolvedElsewhere(coordinate: string): boolean;
  /** Names of all subgraphs, after the change. */
  subgraphs: ReadonlySet<string>;
}

/** How one subgraph takes part in the graph: keys, who may resolve a field, what it needs of others. */
export function* compareFederation(
  before: DocumentNode,
  after: DocumentNode,
  surroundings: Surroundings,
): Generator<Change> {
  const [old, now] = [appliedIn(before), appliedIn(after)];
  for (const [coordinate, is] of now) {
    const was = old.get(coordinate) ?? new Map();
    yield* compareOverride(coordinate, was, is, surroundings);
    if (!old.has(coordinate)) continue;
    yield* compareKeys(coordinate, was, is);
    yield* compareShareable(coordinate, [old, now], surroundings);
    yield* compareInterfaceObject(coordinate, was, is);
    yield* compareFieldSet('REQUIRES_CHANGED', coordinate, was.get('requires')?.[0], is.get('requires')?.[0]);
    yield* compareFieldSet('PROVIDES_CHANGED', coordinate, was.get('provides')?.[0], is.get('provides')?.[0]);
  }
}

interface Key {
  readonly fields: string;
  readonly isResolvable: boolean;
}

function* compareKeys(type: string, was: Applied, is: Applied): Generator<Change> {
  const [old, now] = [keysOf(was), keysOf(is)];
  const uses: string[] = [];
  const added = now.filter(({ fields }) => !old.some((key) => key.fields === fields));
  const removed = old.filter(({ fields }) => !now.some((key) => key.fields === fields));
  const named = (keys: readonly Key[]) => keys.map(({ fields }) => `"${fields}"`).join(', ');
  const ways = (keys: readonly Key[]) => keys.some(({ isResolvable }) => isResolvable);
  if (ways(old) && !ways(now)) {
    const [code, what]: [ChangeCode, string] =
      now.length === 0 ? ['KEY_REMOVED', 'has no @key'] : ['KEY_NOT_RESOLVABLE', 'has no resolvable @key'];
    const message = `${type} ${what} any more: no other subgraph gets from its own ${type} to what this one knows of it.`;
    yield { code, coordinate: type, message, uses };
    return;
  }
  if (removed.length > 0) {
    const by = added.length > 0 ? ` is replaced by ${named(added)}` : ' is removed';
    yield { code: 'KEY_CHANGED', coordinate: type, message: `The key ${named(removed)} of ${type}${by}.`, uses };
  } else if (added.length > 0) {
    yield { code: 'KEY_ADDED', coordinate: type, message: `The key ${named(added)} of ${type} is added.`, uses };
  }
  for (const { fields, isResolvable } of now) {
    const key = old.find((each) => each.fields === fields);
    if (key === undefined || key.isResolvable === isResolvable) continue;
    const message = `The key "${fields}" of ${type} is ${isResolvable ? '' : 'no longer '}resolvable${isResolvable ? ' now' : ''}.`;
    yield { code: isResolvable ? 'KEY_RESOLVABLE' : 'KEY_CHANGED', coordinate: type, message, uses };
  }
}

const keysOf = (applied: Applied): Key[] =>
  (applied.get('key') ?? []).map((key) => {
    const resolvable = argumentOf(key, 'resolvable');
    return { fields: fieldSetOf(key), isResolvable: resolvable?.kind !== Kind.BOOLEAN || resolvable.value };
  });

/** `@shareable` on a type stands for all of its fields. */
function* compareShareable(
  coordinate: string,
  [old, now]: readonly [ReadonlyMap<string, Applied>, ReadonlyMap<string, Applied>],
  { isResolvedElsewhere }: Surroundings,
): Generator<Change> {
  const [type = coordinate] = coordinate.split('.');
  // An argument is not resolved.
  if (!coordinate.includes('.') || coordinate.includes('(') || coordinate.startsWith('@')) return;
  const isShareable = (applied: ReadonlyMap<string, Applied>) =>
    applied.get(coordinate)?.has('shareable') || applied.get(type)?.has('shareable') || false;
  if (isShareable(old) === isShareable(now)) return;
  if (isShareable(now)) {
    yield { code: 'SHAREABLE_ADDED', coordinate, message: `${coordinate} is @shareable now.`, uses: [] };
  } else if (isResolvedElsewhere(coordinate)) {
    const message = `${coordinate} is no longer @shareable, and another subgraph resolves it too.`;
    yield { code: 'SHAREABLE_REMOVED', coordinate, message, uses: [] };
  }
}

function* compareInterfaceObject(type: string, was: Applied, is: Applied): Generator<Change> {
  if (was.has('interfaceObject') === is.has('interfaceObject')) return;
  if (is.has('interfaceObject')) {
    const message = `${type} stands for the interface here now (@interfaceObject).`;
    yield { code: 'INTERFACE_OBJECT_ADDED', coordinate: type, message, uses: [] };
  } else {
    const message = `${type} no longer stands for the interface here (@interfaceObject): its fields are gone from the implementations.`;
    yield { code: 'INTERFACE_OBJECT_REMOVED', coordinate: type, message, uses: [] };
  }
}

function* compareFieldSet(
  code: 'REQUIRES_CHANGED' | 'PROVIDES_CHANGED',
  coordinate: string,
  was: ConstDirectiveNode | undefined,
  is: ConstDirectiveNode | undefined,
): Generator<Change> {
  const [old, now] = [was, is].map((directive) => (directive === undefined ? undefined : fieldSetOf(directive)));
  if (old === now) return;
  const name = code === 'REQUIRES_CHANGED' ? '@requires' : '@provides';
  const text = (fields: string | undefined) => (fields === undefined ? 'nothing' : `"${fields}"`);
  yield { code, coordinate, message: `${name} of ${coordinate} says ${text(now)}, and said ${text(old)}.`, uses: [] };
}

function* compareOverride(
  coordinate: string,
  was: Applied,
  is: Applied,
  { subgraphs }: Surroundings,
): Generator<Change> {
  const [old, now] = [was.get('override')?.[0], is.get('override')?.[0]];
  const uses: string[] = [];
  if (now === undefined) {
    if (old === undefined) return;
    const message = `${coordinate} is no longer taken over from ${textArgument(old, 'from')} (@override).`;
    yield { code: 'OVERRIDE_REMOVED', coordinate, message, uses };
    return;
  }
  const [from = '', label] = ['from', 'label'].map((name) => textArgument(now, name));
  const [oldFrom, oldLabel] = ['from', 'label'].map((name) => old && textArgument(old, name));
  if (from !== oldFrom && !subgraphs.has(from)) {
    const message = `${coordinate} is taken over from ${from} (@override), and there is no such subgraph.`;
    yield { code: 'OVERRIDE_FROM_UNKNOWN', coordinate, message, uses };
  } else if (from !== oldFrom) {
    const message = `${coordinate} is taken over from ${from} (@override)${label === undefined ? '' : `, by ${label}`}.`;
    yield { code: 'OVERRIDE_ADDED', coordinate, message, uses };
  } else if (label !== oldLabel) {
    const message = `${coordinate} is taken over from ${from} by ${label ?? 'everybody'}, and was by ${oldLabel ?? 'everybody'}.`;
    yield { code: 'OVERRIDE_LABEL_CHANGED', coordinate, message, uses };
  }
}

/** In one spelling: without commas, and with single spaces. */
function fieldSetOf(directive: ConstDirectiveNode): string {
  const fields = textArgument(directive, 'fields') ?? '';
  try {
    return print(parse(`{ ${fields} }`, { noLocation: true }))
      .replaceAll(/\s+/g, ' ')
      .slice(2, -2);
  } catch {
    return fields;
  }
}
