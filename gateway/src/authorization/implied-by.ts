import type { Requirement } from './requirement.ts';

/** More combinations are not looked at: it is said that they imply nothing. */
const MAX_COMBINATIONS = 1000;

/** Whether who meets all of `others` meets all of `requirements` too, whoever that is. */
export function impliedBy(requirements: readonly Requirement[], others: readonly Requirement[]): boolean {
  return requirements.every(({ directive, alternatives }) => {
    const same = others.filter((other) => other.directive === directive);
    const combinations = combined(same);
    return combinations?.every((has) => alternatives.some((all) => all.every((name) => has.has(name)))) === true;
  });
}

/** Each way to meet all of them; undefined where there is nothing to meet, or too many ways. */
function combined(requirements: readonly Requirement[]): ReadonlySet<string>[] | undefined {
  if (requirements.length === 0) return undefined;
  let ways: ReadonlySet<string>[] = [new Set()];
  for (const { alternatives } of requirements) {
    if (ways.length * alternatives.length > MAX_COMBINATIONS) return undefined;
    ways = ways.flatMap((way) => alternatives.map((all) => way.union(new Set(all))));
  }
  return ways;
}
