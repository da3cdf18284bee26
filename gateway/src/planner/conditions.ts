import { PlanningError } from './planning-error.ts';

/** A variable of `@skip` or `@include`, and the value with which the field is selected. */
export interface Condition {
  readonly variable: string;
  readonly is: boolean;
}

/** All must hold. Sorted, each variable once. */
export type Conjunction = readonly Condition[];

export const ALWAYS: Conjunction = [];

/** Undefined when they contradict each other. */
export function bothOf(one: Conjunction, other: Conjunction): Conjunction | undefined {
  if (one.length === 0) return other;
  if (other.length === 0) return one;
  const values = new Map<string, boolean>();
  for (const { variable, is } of [...one, ...other]) {
    if (values.get(variable) === !is) return undefined;
    values.set(variable, is);
  }
  const names = [...values.keys()].sort();
  return names.map((variable) => ({ variable, is: values.get(variable) === true }));
}

export const conjunctionKey = (conditions: Conjunction): string =>
  conditions.map(({ variable, is }) => `${is ? '' : '!'}${variable}`).join('&');

/** The alternatives of which one must hold, without those that say no more than another; sorted. */
export function anyOf(alternatives: readonly Conjunction[]): Conjunction[] {
  if (alternatives.some(({ length }) => length === 0)) return [ALWAYS];
  const unique = new Map<string, Conjunction>();
  const waiting = [...alternatives];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    const key = conjunctionKey(one);
    if (unique.has(key)) continue;
    unique.set(key, one);
    checkCount(unique.size);
    waiting.push(...eitherWay(one, unique));
  }
  const all = [...unique.keys()].sort().map((key) => unique.get(key) as Conjunction);
  return all.filter((one) => !all.some((other) => other !== one && implies(one, other)));
}

/** Whether `a` holds or not is no matter where each of the two is enough. */
const eitherWay = (one: Conjunction, known: ReadonlyMap<string, Conjunction>): Conjunction[] =>
  one.flatMap((condition) => {
    const others = one.filter((other) => other !== condition);
    const opposite = bothOf(others, [{ ...condition, is: !condition.is }]) ?? [];
    return known.has(conjunctionKey(opposite)) ? [others] : [];
  });

const implies = (one: Conjunction, other: Conjunction): boolean =>
  other.every(({ variable, is }) => one.some((condition) => condition.variable === variable && condition.is === is));

/** What has to hold beside `known`; undefined when it cannot. */
export const beside = (known: Conjunction, conditions: Conjunction): Conjunction | undefined =>
  bothOf(known, conditions) && conditions.filter((condition) => !implies(known, [condition]));

/** When `conditions` hold and none of `others`: alternatives that exclude each other. */
export const noneOf = (others: readonly Conjunction[], conditions: Conjunction): Conjunction[] =>
  others.reduce<Conjunction[]>(
    (left, other) => {
      const next = left.flatMap((one) => subtract(one, other));
      checkCount(next.length);
      return next;
    },
    [conditions],
  );

/** A few places with a few conditions each have as many alternatives as they have combinations. */
const MAX_ALTERNATIVES = 200;

function checkCount(alternatives: number): void {
  if (alternatives <= MAX_ALTERNATIVES) return;
  throw new PlanningError('too-large', 'The operation has too many conditions.');
}

function subtract(conditions: Conjunction, other: Conjunction): Conjunction[] {
  const left: Conjunction[] = [];
  let rest = conditions;
  for (const condition of other) {
    const without = bothOf(rest, [{ ...condition, is: !condition.is }]);
    if (without !== undefined) left.push(without);
    const within = bothOf(rest, [condition]);
    if (within === undefined) return left;
    rest = within;
  }
  return left;
}
