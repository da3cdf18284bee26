import { type GraphQLSchema, getNamedType, isAbstractType, isCompositeType } from 'graphql';
import { isObject } from '../is-object.ts';
import type { NormalField, NormalOperation, NormalSelectionSet } from '../planner/normal-operation.ts';
import { amountFor, type Variables } from './amount.ts';
import { argumentsCost } from './arguments-cost.ts';
import { isSelected, MUTATION_COST } from './estimate.ts';
import type { FieldRule, FieldRules } from './field-rules.ts';

/** What an answer costs by what is in it; `data` is the client's, read from its JSON text. */
export function actualCost(
  data: unknown,
  { kind, selection }: NormalOperation,
  schema: GraphQLSchema,
  rules: FieldRules,
  variables: Variables,
): number {
  const own = kind === 'mutation' ? MUTATION_COST : 0;
  const root = schema.getRootType(kind as never)?.name ?? '';
  if (!isObject(data)) return own;
  return own + new Count(schema, rules, variables).object(data, selection, [root], () => 0);
}

/** One walk along an answer. */
class Count {
  readonly #schema: GraphQLSchema;
  readonly #rules: FieldRules;
  readonly #variables: Variables;

  constructor(schema: GraphQLSchema, rules: FieldRules, variables: Variables) {
    this.#schema = schema;
    this.#rules = rules;
    this.#variables = variables;
  }

  object(
    object: Readonly<Record<string, unknown>>,
    { fields }: NormalSelectionSet,
    possible: readonly string[],
    weightOf: (type: string) => number,
  ): number {
    const types = typesOf(object, fields, possible);
    const counted = fields.flatMap((field) => {
      if (!Object.hasOwn(object, field.responseKey)) return [];
      // Several may have one key, of which one was called.
      if (field.conditions !== undefined && !isSelected(field.conditions, this.#variables)) return [];
      const parents = types.filter((type) => isOn(field, type));
      return parents.length === 0 ? [] : [{ field, cost: this.#field(field, object[field.responseKey], parents) }];
    });
    const costOf = (type: string) =>
      counted.reduce((total, { field, cost }) => (isOn(field, type) ? total + cost : total), weightOf(type));
    return Math.max(...types.map(costOf));
  }

  #field(field: NormalField, value: unknown, parents: readonly string[]): number {
    if (field.name.startsWith('__')) return 0;
    const rules = parents.map((parent) => this.#rules.of(parent, field.name));
    const given = rules.map((rule) => amountFor(argumentsCost(field.node, rule), this.#variables));
    return Math.max(...given) + this.#value(field, value, rules);
  }

  #value(field: NormalField, value: unknown, rules: readonly FieldRule[]): number {
    if (value === null || value === undefined) return 0;
    const named = getNamedType(field.type);
    const weightOf = (own: number) => Math.max(...rules.map(({ weight }) => weight ?? own));
    if (!isCompositeType(named)) {
      const weight = weightOf(this.#rules.typeWeight(named));
      return weight === 0 ? 0 : weight * leaves(value, field);
    }
    if (Array.isArray(value)) return value.reduce((total, item) => total + this.#value(field, item, rules), 0);
    if (!isObject(value) || field.selection === undefined) return 0;
    const possible = isAbstractType(named) ? this.#schema.getPossibleTypes(named) : [named];
    const weights = new Map(possible.map((one) => [one.name, weightOf(this.#rules.typeWeight(one))]));
    return this.object(value, field.selection, [...weights.keys()], (name) => weights.get(name) ?? 0);
  }
}

/** A scalar of the graph's own may be a list or an object itself: no more lists are looked into than its field's type has. */
function leaves(value: unknown, { type }: NormalField): number {
  const lists = /^\[*/.exec(String(type))?.[0].length ?? 0;
  return lists > 0 && Array.isArray(value) ? value.flat(lists - 1).filter((leaf) => leaf !== null).length : 1;
}

/** The one that the client asked to be told, else all that it can be. */
function typesOf(
  object: Readonly<Record<string, unknown>>,
  fields: readonly NormalField[],
  possible: readonly string[],
): readonly string[] {
  if (possible.length === 1) return possible;
  for (const { name, responseKey } of fields) {
    const told = name === '__typename' && Object.hasOwn(object, responseKey) ? object[responseKey] : undefined;
    if (typeof told === 'string' && possible.includes(told)) return [told];
  }
  return possible;
}

const isOn = ({ onTypes }: NormalField, type: string): boolean => onTypes === undefined || onTypes.has(type);
