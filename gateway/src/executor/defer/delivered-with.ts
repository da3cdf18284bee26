import type { DeferGroup } from '../../planner/defer-usage.ts';
import type { NormalSelectionSet } from '../../planner/normal-operation.ts';
import type { ResponsePath } from '../targets.ts';

/** With what a place of the response is delivered: the fields, and how much of the path leads to their object. */
export interface DeliveredWith {
  /** Undefined: the first payload. */
  readonly group: DeferGroup | undefined;
  readonly depth: number;
}

/**
 * All that a place is in, the innermost first. That may be nowhere: of an object that is null, nothing is delivered.
 *
 * @param path in the client's keys
 */
export function deliveredWith(path: ResponsePath, selection: NormalSelectionSet): DeliveredWith[] {
  let level: readonly NormalSelectionSet[] = [selection];
  const found: DeliveredWith[] = [{ group: undefined, depth: 0 }];
  for (const [index, step] of path.entries()) {
    if (typeof step === 'number') continue;
    const fields = level.flatMap((each) => each.fields.filter(({ responseKey }) => responseKey === step));
    const [field] = fields;
    if (field === undefined) break;
    if (field.group !== found[0]?.group) found.unshift({ group: field.group, depth: index });
    level = fields.flatMap((each) => each.selection ?? []);
  }
  return found;
}
