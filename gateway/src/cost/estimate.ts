import {
  type FieldNode,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isListType,
  isNonNullType,
} from 'graphql';
import type { Conditions } from '../executor/projection-run.ts';
import type { NormalField, NormalOperation, NormalSelectionSet } from '../planner/normal-operation.ts';
import { type Amount, amountFor, largest, sum, times, type Variables } from './amount.ts';
import { argumentsCost } from './arguments-cost.ts';
import type { SizedFields } from './cost-directives.ts';
import type { FieldRule, FieldRules } from './field-rules.ts';
import { listLength } from './list-length.ts';

/** A mutation changes something, whatever it answers. */
export const MUTATION_COST = 10;

export interface EstimateOptions {
  /** Of lists of which the supergraph does not say how long they get. */
  readonly assumedListSize: number;
  /** Whether `requireOneSlicingArgument` is enforced. */
  readonly isStrict: boolean;
}

/** Lists below a field with `@listSize(sizedFields:)`, and how long they get. */
interface Sizing {
  readonly fields: SizedFields;
  readonly length: Amount;
}

/**
 * What an operation costs at most, as long as lists keep to what `@listSize` says of them: each object 1 and each leaf 0,
 * or what `@cost` says, as often as the lists above it are long. Compiled: numbers where no variable is involved.
 */
export function compileEstimate(
  { kind, selection }: NormalOperation,
  schema: GraphQLSchema,
  rules: FieldRules,
  options: EstimateOptions,
): Amount {
  const root = schema.getRootType(kind as never)?.name ?? '';
  const own = kind === 'mutation' ? MUTATION_COST : 0;
  return sum([own, new Estimator(schema, rules, options).object(selection, [root], () => 0, [])]);
}

class Estimator {
  readonly #schema: GraphQLSchema;
  readonly #rules: FieldRules;
  readonly #options: EstimateOptions;

  constructor(schema: GraphQLSchema, rules: FieldRules, options: EstimateOptions) {
    this.#schema = schema;
    this.#rules = rules;
    this.#options = options;
  }

  /** One object of any of the types: what all have in common, and the most that one of them has beside. */
  object(
    { fields }: NormalSelectionSet,
    types: readonly string[],
    weightOf: (type: string) => number,
    sizings: readonly Sizing[],
  ): Amount {
    const common: Amount[] = [];
    const special: { amount: Amount; onTypes: ReadonlySet<string> }[] = [];
    for (const field of fields) {
      const { onTypes } = field;
      const parents = onTypes === undefined ? types : types.filter((type) => onTypes.has(type));
      const amount = this.#field(field, parents, sizings);
      if (amount === 0) continue;
      if (onTypes === undefined || parents.length === types.length) common.push(amount);
      else special.push({ amount, onTypes });
    }
    if (special.length === 0) return sum([...common, Math.max(...types.map(weightOf))]);
    return sum([...common, mostOfAny(types, weightOf, special)]);
  }

  #field(field: NormalField, parents: readonly string[], sizings: readonly Sizing[]): Amount {
    const { name, node, type, conditions } = field;
    if (name.startsWith('__') || parents.length === 0) return 0;
    const rules = this.#distinctRules(parents, name);
    const { below, length } = this.#sizingOf(name, node, rules, sizings);
    const each = this.#each(field, rules, below);
    const levels = listLevels(type);
    const lists = levels === 0 ? 1 : times(length, this.#options.assumedListSize ** (levels - 1));
    const cost = sum([times(lists, each), largest(rules.map((rule) => argumentsCost(node, rule)))]);
    return conditions === undefined || cost === 0 ? cost : when(conditions, cost);
  }

  /** One of what the field gives. */
  #each({ type, selection }: NormalField, rules: readonly FieldRule[], sizings: readonly Sizing[]): Amount {
    const named = getNamedType(type);
    const weightOf = (own: number) => Math.max(...rules.map(({ weight }) => weight ?? own));
    if (!isCompositeType(named) || selection === undefined) return weightOf(this.#rules.typeWeight(named));
    const possible = isAbstractType(named) ? this.#schema.getPossibleTypes(named) : [named];
    const weights = new Map(possible.map((one) => [one.name, weightOf(this.#rules.typeWeight(one))]));
    return this.object(selection, [...weights.keys()], (name) => weights.get(name) ?? 0, sizings);
  }

  /** What is above says how long a list is, or else its own `@listSize`; which also sizes lists below. */
  #sizingOf(name: string, node: FieldNode, rules: readonly FieldRule[], sizings: readonly Sizing[]) {
    const below: Sizing[] = [];
    const fromAbove: Amount[] = [];
    for (const { fields, length } of sizings) {
      const sized = fields.get(name);
      if (sized === undefined) continue;
      if (sized.isSized) fromAbove.push(length);
      if (sized.below.size > 0) below.push({ fields: sized.below, length });
    }
    const { assumedListSize, isStrict } = this.#options;
    const own = rules.map((rule) => {
      const length = listLength(node, rule, assumedListSize, isStrict);
      const fields = rule.listSize?.sizedFields;
      if (fields !== undefined) below.push({ fields, length });
      return length;
    });
    return { below, length: largest(fromAbove.length > 0 ? fromAbove : own) };
  }

  /** Types of which nothing particular is said have the same one. */
  #distinctRules(parents: readonly string[], name: string): FieldRule[] {
    const distinct = new Map<string, FieldRule>();
    for (const parent of parents) {
      const rule = this.#rules.of(parent, name);
      distinct.set(rule.key, rule);
    }
    return [...distinct.values()];
  }
}

/** Each field is calculated once, however many types have it. */
function mostOfAny(
  types: readonly string[],
  weightOf: (type: string) => number,
  fields: readonly { amount: Amount; onTypes: ReadonlySet<string> }[],
): Amount {
  const combinations = new Map<string, { weight: number; indices: readonly number[] }>();
  for (const type of types) {
    const indices = fields.flatMap(({ onTypes }, index) => (onTypes.has(type) ? [index] : []));
    const weight = weightOf(type);
    const known = combinations.get(indices.join());
    if (known === undefined || known.weight < weight) combinations.set(indices.join(), { weight, indices });
  }
  const amounts = fields.map(({ amount }) => amount);
  const most = (values: readonly number[]) => {
    let found = Number.NEGATIVE_INFINITY;
    for (const { weight, indices } of combinations.values()) {
      found = Math.max(
        found,
        indices.reduce((total, index) => total + (values[index] as number), weight),
      );
    }
    return found;
  };
  if (amounts.every((amount) => typeof amount === 'number')) return most(amounts);
  return (variables) => most(amounts.map((amount) => amountFor(amount, variables)));
}

const when =
  (conditions: Conditions, cost: Amount): Amount =>
  (variables) =>
    isSelected(conditions, variables) ? amountFor(cost, variables) : 0;

export const isSelected = (conditions: Conditions, variables: Variables): boolean =>
  conditions.some((all) => all.every(({ variable, is }) => variables[variable] === is));

function listLevels(type: GraphQLOutputType): number {
  if (isNonNullType(type)) return listLevels(type.ofType);
  return isListType(type) ? 1 + listLevels(type.ofType) : 0;
}
