import type { NormalSelectionSet } from '../normal-operation.ts';

/** What the client gets of the canonical operation's response: the contract of `NormalSelectionSet`, as plain as can be. */
export function projected(
  value: unknown,
  selection: NormalSelectionSet | undefined,
  variables: Readonly<Record<string, unknown>>,
): unknown {
  if (value === null || value === undefined || selection === undefined) return value;
  if (Array.isArray(value)) return value.map((item) => projected(item, selection, variables));
  const object = value as Record<string, unknown>;
  const result: Record<string, unknown> = {};
  for (const { responseKey, planKey, onTypes, conditions, selection: below } of selection.fields) {
    if (onTypes !== undefined && typeof object.__typename !== 'string') throw new Error('no __typename');
    if (onTypes?.has(object.__typename as string) === false) continue;
    const holds = conditions?.some((all) => all.every(({ variable, is }) => variables[variable] === is)) ?? true;
    if (!holds) continue;
    if (!(planKey in object)) throw new Error(`no ${planKey}`);
    result[responseKey] = projected(object[planKey], below, variables);
  }
  return result;
}
