import type { DeferGroup } from '../../planner/defer-usage.ts';
import type { NormalSelectionSet } from '../../planner/normal-operation.ts';
import type { ResponsePath } from '../targets.ts';
import { ITEMS } from './deferred-place.ts';

/** With what a place of the response may be delivered: which it is, and how much of the path leads to it. */
export interface DeliveredWith {
  /** Of a `DeferredPlace`; undefined: the first payload. */
  readonly key: string | undefined;
  readonly depth: number;
}

/**
 * All that a place is in, the innermost first. That may be nowhere: of an object that is null, nothing is delivered.
 *
 * @param path in the client's keys
 */
export function deliveredWith(path: ResponsePath, selection: NormalSelectionSet): DeliveredWith[] {
  let level: readonly NormalSelectionSet[] = [selection];
  let around: DeferGroup | undefined;
  const found: DeliveredWith[] = [{ key: undefined, depth: 0 }];
  for (const [index, step] of path.entries()) {
    if (typeof step === 'number') continue;
    const fields = level.flatMap((each) => each.fields.filter(({ responseKey }) => responseKey === step));
    const [field] = fields;
    if (field === undefined) break;
    if (field.group !== around) found.unshift({ key: field.group?.key, depth: index });
    around = field.group;
    if (field.stream !== undefined && index + 1 < path.length) found.unshift({ key: ITEMS, depth: index + 1 });
    level = fields.flatMap((each) => each.selection ?? []);
  }
  return found;
}
