import type { NormalSelectionSet } from '../planner/normal-operation.ts';

/**
 * Whether the client wants a field of an object of a type at a place, by the plan's keys. Also what it did not ask for at
 * all is wanted: the plan needs it.
 */
export type WantedOf = (at: string, key: string, type: string) => boolean;

export function wantedOf(selection: NormalSelectionSet): WantedOf {
  /** By the place: the types that each field is wanted of. */
  const known = new Map<string, Map<string, ReadonlySet<string> | undefined>>();
  return (at, key, type) => {
    let typesOf = known.get(at);
    if (typesOf === undefined) {
      typesOf = typesAt(selection, at.split('.'));
      known.set(at, typesOf);
    }
    const types = typesOf.get(key);
    return types === undefined || types.has(type);
  };
}

function typesAt(selection: NormalSelectionSet, path: readonly string[]): Map<string, ReadonlySet<string> | undefined> {
  let level: readonly NormalSelectionSet[] = [selection];
  for (const key of path) {
    const named = level.flatMap(({ fields }) => fields.filter(({ planKey }) => planKey === key));
    level = named.flatMap((field) => field.selection ?? []);
  }
  const types = new Map<string, ReadonlySet<string> | undefined>();
  for (const { planKey, onTypes, isDenied } of level.flatMap(({ fields }) => fields)) {
    if (isDenied) continue;
    const others = types.get(planKey);
    const isOfAll = onTypes === undefined || (types.has(planKey) && others === undefined);
    types.set(planKey, isOfAll ? undefined : new Set([...(others ?? []), ...onTypes]));
  }
  return types;
}
