import type { CollectedField } from './collected-field.ts';

/** A fragment with `@defer`, at one place of the document. */
export interface DeferUsage {
  /** As the client wrote it. */
  readonly label: string | undefined;
  /** The one that it stands in. */
  readonly parent: DeferUsage | undefined;
  /** Fields on the way to it. */
  readonly depth: number;
  /** In the order of the document. */
  readonly number: number;
}

/**
 * Fields that are delivered together: those of the same deferred fragments (what the specification calls a deferred
 * grouped field set). One of several fragments is delivered with the first of them that is ready.
 */
export interface DeferGroup {
  readonly usages: readonly DeferUsage[];
  /** Says in an operation which it is. */
  readonly key: string;
}

/** Of fields that are not delivered with what is around them; undefined for what is in the first payload. */
export type GroupOf = (field: CollectedField) => DeferGroup | undefined;

/**
 * What is delivered together. A field that is selected at several places is delivered with the one that comes first:
 * outside of all fragments, or in the outermost.
 */
export function deferGroups(fields: readonly CollectedField[]): GroupOf {
  const groups = new Map<CollectedField, DeferGroup>();
  const known = new Map<string, DeferGroup>();
  const groupOf = (usages: readonly DeferUsage[]): DeferGroup => {
    const key = usages.map(({ number }) => number).join();
    const group = known.get(key) ?? { usages, key };
    known.set(key, group);
    return group;
  };
  const visit = (selected: readonly CollectedField[]) => {
    for (const same of Map.groupBy(selected, ({ responseKey }) => responseKey).values()) {
      const usages = usagesOf(same);
      if (usages.length > 0) {
        const group = groupOf(usages);
        for (const field of same) groups.set(field, group);
      }
      // Where nothing is deferred, nothing is looked at twice.
      const children = same.flatMap((field) => field.children ?? []);
      if (children.length > 0) visit(children);
    }
  };
  visit(fields);
  return (field) => groups.get(field);
}

/** Of the places where one field is selected; none: it is not deferred. */
function usagesOf(fields: readonly CollectedField[]): DeferUsage[] {
  const usages = new Set<DeferUsage>();
  for (const { defer } of fields) {
    if (defer === undefined) return [];
    usages.add(defer);
  }
  return [...usages].filter((usage) => !isInside(usage, usages)).sort((a, b) => a.number - b.number);
}

function isInside({ parent }: DeferUsage, others: ReadonlySet<DeferUsage>): boolean {
  return parent !== undefined && (others.has(parent) || isInside(parent, others));
}
