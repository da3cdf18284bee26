import type { ProjectionRun } from '../projection-run.ts';
import type { TreeObject } from '../response-tree.ts';
import type { StreamedList } from '../stream/streamed-lists.ts';
import type { ResponsePath } from '../targets.ts';
import type { DeferredFields } from './deferred-fields.ts';

/** What a projection has left for later at one place of the response. */
export type DeferredPlace = FieldsPlace | ItemsPlace;

interface Place {
  /** In the client's keys: of the object, or of the list. */
  readonly path: ResponsePath;
  /** The streamed lists that it is in, or is, of which it is among the items that come later. */
  readonly later: readonly StreamedList[];
}

/** An object of which fields are delivered later. */
export interface FieldsPlace extends Place {
  readonly kind: 'fields';
  readonly fields: DeferredFields;
  readonly object: TreeObject;
}

/** A list of which items are delivered later. */
export interface ItemsPlace extends Place {
  readonly kind: 'items';
  readonly list: StreamedList;
  readonly label: string | undefined;
  /** All of them. */
  readonly items: readonly unknown[];
  /** The index of the first that is delivered later. */
  readonly from: number;
  /** JSON text; undefined where it is null and may not be. */
  emit(item: unknown, run: ProjectionRun, index: number): string | undefined;
}

/** Says with its path which of the places it is. */
export const keyOfPlace = (place: DeferredPlace): string => (place.kind === 'items' ? ITEMS : place.fields.group.key);

/** No key of a group. */
export const ITEMS = 'items';

/** Those of `@defer` in the plan that fetch what it is to deliver; undefined: what it is in is in no deferred fragment. */
export const labelsOfPlace = (place: DeferredPlace): ReadonlySet<string> | undefined =>
  place.kind === 'items' ? place.list.labels : place.fields.planLabels;
