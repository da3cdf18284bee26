import type { SubgraphAnswer } from '../subgraphs/read-answer.ts';
import type { EntityCall } from './compiled-plan.ts';
import { BoundSlots, type CollectInContext } from './contexts.ts';
import { donated } from './donors.ts';
import type { EntityPlace, EntitySlot } from './entity-place.ts';
import { separated, typesOf } from './entity-types.ts';
import { copyOf, disputed, isTreeObject, mergeInto, OWN, type TreeObject } from './response-tree.ts';
import type { PlanRun, UnifiedObjects } from './run-plan.ts';
import type { Unify } from './targets.ts';

/** An entity that is asked for, and the objects that wait for it. */
export interface WantedEntity {
  readonly text: string;
  readonly objects: { object: TreeObject; place: EntityPlace }[];
}

/** A part of a request: one slot with some of its entities. */
export interface EntityPart {
  readonly slot: EntitySlot;
  /** Of the response, that wait for them. */
  readonly places: number;
  readonly wanted: readonly WantedEntity[];
}

/** Collects the entities of calls to one subgraph, each once, asks for those that are not known yet, and writes what comes. */
export function callEntities(calls: readonly EntityCall[], run: PlanRun): Promise<void> | undefined {
  const parts = collectWanted(calls, run);
  if (parts.length === 0) return undefined;
  const apart = run.apart?.((calls[0] as EntityCall).subgraph);
  const together = apart === undefined ? [parts] : separated(parts, apart);
  const requests = together.flatMap((some) => requestsOf(some, run.entitiesPerFetch));
  const [only] = requests;
  if (only !== undefined && requests.length === 1) return ask(calls, only, run);
  const left = requests.values();
  const lane = async () => {
    for (const request of left) await ask(calls, request, run);
  };
  return Promise.all(Array.from({ length: Math.min(LANES, requests.length) }, lane)).then(() => {});
}

/** Requests for the entities of one place at a time: more would crowd each other out. */
const LANES = 4;

type Want = (target: WantedEntity['objects'][number], slot: EntitySlot, text: string) => void;

function collectWanted(calls: readonly EntityCall[], run: PlanRun): EntityPart[] {
  const wanted = new Map<EntitySlot, Map<string, WantedEntity>>();
  const placesOf = new Map<EntitySlot, number>();
  const bound = new BoundSlots();
  const want: Want = (target, slot, text) => {
    const known = run.known.get(slot)?.get(text);
    if (known !== undefined) {
      addTo(target.object, copyOf(known, slot.shape, run.copies), slot, run);
      return;
    }
    const ofSlot = wanted.get(slot) ?? new Map<string, WantedEntity>();
    wanted.set(slot, ofSlot);
    const entity = ofSlot.get(text);
    if (entity === undefined) ofSlot.set(text, { text, objects: [target] });
    else entity.objects.push(target);
  };
  for (const { place } of calls) {
    try {
      if (place.contexts === undefined) {
        const places = collectAt(place, run, want);
        placesOf.set(place.slot, (placesOf.get(place.slot) ?? 0) + places);
      } else collectInContexts(place, place.contexts, run, bound, want);
    } catch (error) {
      run.errors.addUnwalkable(error);
    }
  }
  return [...wanted].map(([slot, entities]) => ({
    slot,
    places: placesOf.get(slot) ?? entities.size,
    wanted: [...entities.values()],
  }));
}

function collectInContexts(place: EntityPlace, collect: CollectInContext, run: PlanRun, bound: BoundSlots, want: Want) {
  for (const { object, values } of collect(run.data, place.ranges)) {
    const text = place.represent(object);
    if (text !== undefined) want({ object, place }, bound.of(place.slot, values), text);
  }
}

/** @returns how many places the objects have */
function collectAt(place: EntityPlace, run: PlanRun, want: Want): number {
  const known = place.donors && donated(place.donors, run.data, place.represent);
  const { objects, places } = place.collect(run.data, unifyAt(place, run), place.ranges);
  for (const object of objects) {
    const isWhole = place.loose.length === 0 || place.loose.every((key) => isWanted(key, object, place, run));
    const text = isWhole ? place.represent(object) : undefined;
    const given = text === undefined ? undefined : known?.get(text);
    if (given !== undefined) mergeInto(object, given, place.slot.shape);
    else if (text !== undefined) want({ object, place }, place.slot, text);
    else {
      const partial = place.partial?.(object, (name) => isWanted(name, object, place, run));
      const key = partial?.represent(object);
      if (partial !== undefined && key !== undefined) want({ object, place }, partial.slot, key);
    }
  }
  return places;
}

function isWanted(key: string, { __typename: type }: TreeObject, { at }: EntityPlace, run: PlanRun): boolean {
  return !run.types.isObject(type) || run.isWanted(at, key, type) || run.required.has(`${at}.${key}`);
}

/**
 * Equal objects of a place become one, so that whatever comes below them is asked for, merged and written once. First
 * items of a streamed list and later ones do not: they are not there at the same time.
 */
function unifyAt({ at, unifyBy, ranges }: EntityPlace, run: PlanRun): Unify | undefined {
  if (unifyBy === undefined) return undefined;
  const key = ranges === undefined ? at : `${at} ${ranges.map((range) => range?.to)}`;
  const first: UnifiedObjects = run.unified.get(key) ?? new Map();
  run.unified.set(key, first);
  const last = unifyBy.length - 1;
  return (object) => {
    let among = first;
    for (let index = 0; index < last; index++) {
      const value = object[unifyBy[index] as string];
      let next = among.get(value) as UnifiedObjects | undefined;
      if (next === undefined) {
        next = new Map();
        among.set(value, next);
      }
      among = next;
    }
    const value = object[unifyBy[last] as string];
    const equal = among.get(value) as TreeObject | undefined;
    if (equal === undefined) among.set(value, object);
    else if (equal !== object) run.shared.add(equal);
    return equal ?? object;
  };
}

/** One request, or several where there are too many entities for one. */
function requestsOf(parts: readonly EntityPart[], most: number): EntityPart[][] {
  const total = parts.reduce((sum, { wanted }) => sum + wanted.length, 0);
  if (total <= most) return [[...parts]];
  return parts.flatMap(({ slot, places, wanted }) =>
    Array.from({ length: Math.ceil(wanted.length / most) }, (_, index) => {
      const some = wanted.slice(index * most, (index + 1) * most);
      return [{ slot, places: Math.round((places * some.length) / wanted.length), wanted: some }];
    }),
  );
}

async function ask(calls: readonly EntityCall[], parts: readonly EntityPart[], run: PlanRun): Promise<void> {
  const keys = parts.length === 1 ? [ENTITIES] : parts.map((_, index) => `e${index}`);
  const answer = await run.ask({
    subgraph: (calls[0] as EntityCall).subgraph,
    query: queryOf(parts, keys),
    variables: variablesOf(parts, run),
    types: typesOf(parts),
    entities: new Map(parts.map(({ wanted }, index) => [keys[index] as string, wanted.length])),
    places: parts.reduce((sum, { places }) => sum + places, 0),
    calls,
  });
  run.isPlain &&= answer.isPlain === true;
  const before = run.errors.list.length;
  for (const [index, part] of parts.entries()) attempt(() => write(part, keys[index] as string, answer, run), run);
  attempt(() => run.errors.addFromEntities(parts, keys, answer, run.types), run);
  // Calls that share a request are delivered together.
  if (calls[0]?.isLater) run.errors.markLater(before);
}

/** What cannot be walked through costs nothing but itself. */
function attempt(work: () => void, run: PlanRun): void {
  try {
    work();
  } catch (error) {
    run.errors.addUnwalkable(error);
  }
}

const ENTITIES = '_entities';
const REPRESENTATIONS = 'representations';
/** The name of its variable, which a client may have given to one of its own. */
function variableOf(index: number, parts: readonly EntityPart[]): string {
  let name = parts.length === 1 ? REPRESENTATIONS : `${REPRESENTATIONS}${index}`;
  while (parts.some(({ slot }) => slot.variables.includes(name))) name += '_';
  return name;
}

function queryOf(parts: readonly EntityPart[], keys: readonly string[]): string {
  const definitions = new Set<string>();
  let fields = '';
  for (const [index, { slot }] of parts.entries()) {
    const variable = variableOf(index, parts);
    definitions.add(`$${variable}:[_Any!]!`);
    for (const definition of slot.definitions) definitions.add(definition);
    const alias = parts.length === 1 ? '' : `${keys[index]}:`;
    fields += `${alias}${ENTITIES}(representations:$${variable})${slot.selection}`;
  }
  return `query(${[...definitions].join()}){${fields}}`;
}

function variablesOf(parts: readonly EntityPart[], run: PlanRun): string {
  const members = parts.map(
    ({ wanted }, index) => `"${variableOf(index, parts)}":[${wanted.map(({ text }) => text).join()}]`,
  );
  for (const { slot } of parts) members.push(...slot.bound);
  const others = run.variables(new Set(parts.flatMap(({ slot }) => slot.variables)));
  return `{${members.join()}${others === '' ? '' : `,${others}`}}`;
}

function write(
  { slot, wanted }: EntityPart,
  key: string,
  { data, isShared = false }: SubgraphAnswer,
  run: PlanRun,
): void {
  const entities = data?.[key];
  if (!Array.isArray(entities)) return;
  for (const [index, { text, objects }] of wanted.entries()) {
    const given: unknown = entities[index];
    if (!isTreeObject(given)) {
      for (const { object } of objects) disputed.add(object);
      continue;
    }
    const entity = isShared ? copyOf(given, slot.shape, OWN) : given;
    slot.rewrite?.(entity);
    if (slot.isRepeated) remember(slot, text, entity, run);
    for (const [position, { object }] of objects.entries()) {
      addTo(object, position === 0 ? entity : copyOf(entity, slot.shape, run.copies), slot, run);
    }
  }
}

/** To an object of which no more than an interface was known, its type as well. */
function addTo(object: TreeObject, entity: TreeObject, { shape }: EntitySlot, { types }: PlanRun): void {
  if (types.isObject(entity.__typename)) object.__typename = entity.__typename;
  mergeInto(object, entity, shape);
}

/** A copy: what is merged below the entity in one place is not of the entity in another. */
function remember(slot: EntitySlot, text: string, entity: TreeObject, { known, copies }: PlanRun): void {
  const ofSlot = known.get(slot) ?? new Map<string, TreeObject>();
  known.set(slot, ofSlot.set(text, copyOf(entity, slot.shape, copies)));
}
