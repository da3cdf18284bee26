import type { DeferGroup } from '../../planner/defer-usage.ts';
import type { NormalField, NormalSelectionSet } from '../../planner/normal-operation.ts';
import type { ProjectionRun } from '../projection-run.ts';
import type { TreeObject } from '../response-tree.ts';

/** Fields of an object that are delivered together, and not with what is around them. */
export interface DeferredFields {
  readonly group: DeferGroup;
  /** Those of `@defer` in the plan that fetch them; none: they are there with what is around them. */
  readonly planLabels: ReadonlySet<string>;
  readonly keys: ReadonlySet<string>;
  /** Whether any of them is, of this object. */
  isSelected(object: TreeObject, run: ProjectionRun): boolean;
  /** JSON text of an object with them; undefined where one is null that may not be. */
  emit(object: TreeObject, run: ProjectionRun): string | undefined;
}

interface Parts extends Pick<DeferredFields, 'group' | 'planLabels' | 'keys'> {
  readonly selection: NormalSelectionSet;
}

/** Those of a selection that are delivered with what is around them; the selection itself where all are. */
export const ownFields = (selection: NormalSelectionSet, group: DeferGroup | undefined): NormalSelectionSet =>
  selection.fields.every((field) => field.group === group)
    ? selection
    : selected(selection, (field) => field.group === group);

/** The others, by what they are delivered with. */
export function deferredFields(selection: NormalSelectionSet, around: DeferGroup | undefined): Parts[] {
  const groups = new Set(selection.fields.map(({ group }) => group));
  return [...groups].flatMap((group): Parts[] => {
    if (group === around || group === undefined) return [];
    const own = selected(selection, (field) => field.group === group);
    const planLabels = new Set(own.fields.flatMap((field) => [...(field.planLabels ?? [])]));
    return [{ group, planLabels, keys: new Set(own.fields.map(({ responseKey }) => responseKey)), selection: own }];
  });
}

/** Whether something in it may be delivered later than it. */
export function hasDeferred({
  selection,
  group,
  stream,
}: Pick<NormalField, 'selection' | 'group' | 'stream'>): boolean {
  if (selection === undefined) return false;
  if (stream !== undefined) return true;
  const found = known.get(selection) ?? selection.fields.some((field) => field.group !== group || hasDeferred(field));
  known.set(selection, found);
  return found;
}

const known = new WeakMap<NormalSelectionSet, boolean>();

function selected({ fields, places }: NormalSelectionSet, isSelected: (field: NormalField) => boolean) {
  const kept = fields.map(isSelected);
  return {
    fields: fields.filter((_, index) => kept[index]),
    places: places?.filter((_, index) => kept[index]),
  };
}
