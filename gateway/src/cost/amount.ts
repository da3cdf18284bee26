/** Coerced, by their names. */
export type Variables = Readonly<Record<string, unknown>>;

/** A number, or what gives it once the variables are known: what does not hang on them is calculated only once. */
export type Amount = number | ((variables: Variables) => number);

export const amountFor = (amount: Amount, variables: Variables): number =>
  typeof amount === 'number' ? amount : amount(variables);

export function sum(amounts: readonly Amount[]): Amount {
  let known = 0;
  const open: ((variables: Variables) => number)[] = [];
  for (const amount of amounts) {
    if (typeof amount === 'number') known += amount;
    else open.push(amount);
  }
  const [only] = open;
  if (only === undefined) return known;
  if (open.length === 1) return known === 0 ? only : (variables) => known + only(variables);
  return (variables) => {
    let total = known;
    for (const amount of open) total += amount(variables);
    return total;
  };
}

export function largest(amounts: readonly Amount[]): Amount {
  const [only] = amounts;
  if (only !== undefined && amounts.length === 1) return only;
  if (amounts.every((amount) => typeof amount === 'number')) return Math.max(...amounts);
  return (variables) => {
    let most = Number.NEGATIVE_INFINITY;
    for (const amount of amounts) most = Math.max(most, amountFor(amount, variables));
    return most;
  };
}

export function times(count: Amount, each: Amount): Amount {
  if (typeof count === 'number') {
    if (typeof each === 'number') return count * each;
    return count === 1 ? each : (variables) => count * each(variables);
  }
  if (each === 0) return 0;
  return (variables) => count(variables) * amountFor(each, variables);
}
