import { type CallBatch, type CompiledPlan, type PlanCall, placeOfCall } from '../compiled-plan.ts';
import type { ItemRange, ItemRanges } from '../targets.ts';
import { isBelow, type StreamedList } from './streamed-lists.ts';

/** A call for the objects in some items of the streamed lists that it is below. */
export type SlicedCall = PlanCall & {
  readonly lists: readonly StreamedList[];
  /** Of them, those of which it is for the items that come later; of the others it is for the first. */
  readonly later: readonly StreamedList[];
};

export interface SlicedPlan extends CompiledPlan {
  readonly calls: readonly SlicedCall[];
}

/** How many items of each streamed list come first. */
export type ItemCounts = ReadonlyMap<StreamedList, number>;

/**
 * A plan by which the first items of streamed lists can be delivered before what the others need is there: a call below
 * such a list is one for its first items, and one for the others. Neither waits for the other.
 */
export function slicedPlan({ calls, required }: CompiledPlan, counts: ItemCounts): SlicedPlan {
  const slices = calls.map((call) => slicesOf(call, counts));
  const all = slices.flat();
  const indices = new Map(all.map((slice, index) => [slice, index]));
  const batchOf = slicedBatches(all);
  return {
    calls: all.map((slice) => {
      const earlier = slice.needs.flatMap((index) => slices[index] ?? []).filter((other) => isRead(slice, other));
      const needs = earlier.map((other) => indices.get(other) as number);
      return slice.kind === 'entities' ? { ...slice, needs, batch: batchOf(slice) } : { ...slice, needs };
    }),
    required,
  };
}

function slicesOf(call: PlanCall, counts: ItemCounts): SlicedCall[] {
  const at = placeOfCall(call);
  const lists = [...counts.keys()].filter((list) => isBelow(at, list.at));
  let some: (readonly StreamedList[])[] = [[]];
  for (const list of lists) some = some.flatMap((later) => [later, [...later, list]]);
  return some.map((later): SlicedCall => {
    const ranges = lists.length === 0 ? undefined : rangesOf(lists, later, counts);
    const sliced = { lists, later, isLater: call.isLater || later.length > 0 };
    if (call.kind === 'root') return { ...call, ...sliced, ranges };
    return { ...call, ...sliced, place: { ...call.place, ranges } };
  });
}

function rangesOf(lists: readonly StreamedList[], later: readonly StreamedList[], counts: ItemCounts): ItemRanges {
  const ranges: (ItemRange | undefined)[] = [];
  for (const list of lists) {
    const count = counts.get(list) ?? 0;
    const keys = list.at.split('.').length;
    ranges[keys] = later.includes(list) ? { from: count, to: Number.POSITIVE_INFINITY } : { from: 0, to: count };
  }
  return ranges;
}

/** Of a list that both are below, for the same items; of one that only the other is below, it may read them all. */
const isRead = ({ lists, later }: SlicedCall, other: SlicedCall): boolean =>
  other.lists.every((list) => !lists.includes(list) || later.includes(list) === other.later.includes(list));

/** What is delivered later holds up nothing. */
function slicedBatches(
  slices: readonly SlicedCall[],
): (slice: SlicedCall & { readonly kind: 'entities' }) => CallBatch {
  const keyOf = ({ later }: SlicedCall) => later.map(({ at }) => at).join(' ');
  const known = new Map<CallBatch, Map<string, CallBatch>>();
  const entities = slices.filter((slice) => slice.kind === 'entities');
  for (const [batch, same] of Map.groupBy(entities, (slice) => slice.batch)) {
    const parts = [...Map.groupBy(same, keyOf)];
    known.set(batch, new Map(parts.map(([key, { length: size }]) => [key, { subgraph: batch.subgraph, size }])));
  }
  return (slice) => known.get(slice.batch)?.get(keyOf(slice)) ?? slice.batch;
}
