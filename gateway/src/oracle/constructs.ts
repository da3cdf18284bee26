/** What cases must be made of. A case counts for a construct when it was really met: most are noted at run time. */
export const CONSTRUCTS = [
  // Met by a subgraph.
  '@key, single',
  '@key, compound',
  '@key, nested',
  '@key, one of several',
  '@key(resolvable: false)',
  '@shareable',
  '@external, provided',
  '@override, new owner',
  '@requires',
  '@requires, nested',
  '@requires with arguments',
  '@interfaceObject',
  '@interfaceObject with @requires',
  // Met by the oracle.
  '@requires of a field that requires',
  '@requires with conflicting arguments',
  'interface',
  'entity interface',
  'interface by key alone',
  'union',
  'value type',
  'enum',
  'enum as argument',
  'input object as argument',
  'default of an argument',
  'default inside an input object',
  'list',
  'list of lists',
  'non-null',
  'mutation',
  'null',
  'resolver error',
  'error in a list',
  'null at a non-null type',
  'null propagated to a list item',
  'data is null',
  'empty list',
  // Of the document.
  'alias',
  'alias with the name of a key',
  'one field with other arguments under an alias',
  'fragment spread',
  'inline fragment',
  'narrowing type condition',
  'type condition of an interface in another',
  'repeated field that merges',
  '__typename',
  '@skip',
  '@include',
  'literal argument',
  'variable with a value',
  'variable without a value',
  'default of a variable',
  'variable inside an input object',
  'null as an argument',
  'five levels or more',
] as const;

export type Construct = (typeof CONSTRUCTS)[number];

/** Notes that the case at hand has met a construct. */
export type Mark = (construct: Construct) => void;

/** In how many cases each construct was met. */
export class ConstructCounts {
  readonly #counts = new Map<Construct, number>();
  #cases = 0;

  add(met: ReadonlySet<Construct>): void {
    this.#cases++;
    for (const construct of met) this.#counts.set(construct, (this.#counts.get(construct) ?? 0) + 1);
  }

  percent(construct: Construct): number {
    return this.#cases === 0 ? 0 : (100 * (this.#counts.get(construct) ?? 0)) / this.#cases;
  }

  rarerThan(percent: number): Construct[] {
    return CONSTRUCTS.filter((construct) => this.percent(construct) < percent);
  }

  table(): string {
    const rows = CONSTRUCTS.map(
      (construct) => `${construct.padEnd(48)}${this.percent(construct).toFixed(1).padStart(6)} %`,
    );
    return [`constructs met, in ${this.#cases} cases`, ...rows].join('\n');
  }
}
