import type { NormalField, NormalSelectionSet } from '../../planner/normal-operation.ts';
import type { StreamUsage } from '../../planner/stream-usage.ts';
import { type CompiledPlan, placeOfCall } from '../compiled-plan.ts';

/** A list of a plan's response that is delivered in parts, as what is below its items is fetched in calls of its own. */
export interface StreamedList {
  /** Where it is, as dotted keys of the plan. */
  readonly at: string;
  /** Those of the client's fields that it is. */
  readonly usages: readonly StreamUsage[];
  /** Those of `@defer` in the plan that the items are fetched for; undefined: they are in no deferred fragment. */
  readonly labels: ReadonlySet<string> | undefined;
}

interface FoundList {
  readonly stream: StreamUsage | undefined;
  readonly labels: StreamedList['labels'];
  /** Whether all of each item comes with it, or in fragments of its own. */
  readonly isApart: boolean;
}

/**
 * Those of an operation's lists with `@stream` that are worth it; where there are too many, the first.
 *
 * @param most calls of the plan with those that streamed lists add to it: they double the calls below each
 */
export function streamedLists(
  selection: NormalSelectionSet,
  { calls }: CompiledPlan,
  most: number,
): readonly StreamedList[] {
  const found = new Map<string, FoundList[]>();
  collect(selection, [], undefined, found);
  const places = calls.map((call) => ({ at: placeOfCall(call), label: call.deferLabel }));
  /** How many calls each of them becomes. */
  let slices = calls.map(() => 1);
  const lists: StreamedList[] = [];
  for (const [at, fields] of found) {
    const usages = fields.flatMap(({ stream }) => stream ?? []);
    // One field of the plan may be several of the client's: all of them can wait, or none.
    if (usages.length < fields.length || !fields.every(({ isApart }) => isApart)) continue;
    const labels = fields[0]?.labels;
    if (!places.some((place) => isBelow(place.at, at) && isFor(place.label, labels))) continue;
    const doubled = slices.map((count, index) => (isBelow(places[index]?.at ?? '', at) ? 2 * count : count));
    if (doubled.reduce((sum, count) => sum + count, 0) > most) continue;
    slices = doubled;
    lists.push({ at, usages, labels });
  }
  return lists;
}

/** Whether a place is inside of a list's items. */
export const isBelow = (at: string, list: string): boolean => at === list || at.startsWith(`${list}.`);

/** Whether what is fetched under a label is delivered with what has these labels. */
export const isFor = (label: string | undefined, labels: StreamedList['labels']): boolean =>
  label === undefined ? labels === undefined : labels?.has(label) === true;

interface Delivered {
  readonly group: NormalField['group'] | undefined;
  readonly labels: StreamedList['labels'];
}

/** The lists come before those inside of them. */
function collect(
  { fields }: NormalSelectionSet,
  path: readonly string[],
  around: Delivered | undefined,
  found: Map<string, FoundList[]>,
): void {
  for (const field of fields) {
    const { selection, group, stream, planKey } = field;
    if (selection === undefined) continue;
    const labels = group === around?.group ? around?.labels : labelsOf(fields, group);
    const below = [...path, planKey];
    const at = below.join('.');
    found.set(at, [...(found.get(at) ?? []), { stream, labels, isApart: isApart(selection, group, below.length) }]);
    collect(selection, below, { group, labels }, found);
  }
}

const labelsOf = (fields: readonly NormalField[], group: NormalField['group']): ReadonlySet<string> =>
  new Set(fields.flatMap((field) => (field.group === group ? [...(field.planLabels ?? [])] : [])));

/** Not so where a fragment that was begun outside has fields inside: it would be over before the last items are there. */
const isApart = ({ fields }: NormalSelectionSet, group: NormalField['group'], depth: number): boolean =>
  fields.every(
    (field) =>
      (field.group === group || field.group?.usages.every((usage) => usage.depth >= depth)) &&
      (field.selection === undefined || isApart(field.selection, group, depth)),
  );
