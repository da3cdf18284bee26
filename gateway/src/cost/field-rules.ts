import {
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isObjectType,
} from 'graphql';
import type { CostDirectives, ListSize } from './cost-directives.ts';

/** What calling a field costs, and what it gives. */
export interface FieldRule {
  /** Equal where all is that counts. */
  readonly key: string;
  /** Of each thing it gives; undefined: its type's. */
  readonly weight: number | undefined;
  readonly listSize: ListSize | undefined;
  readonly arguments: readonly ArgumentRule[];
}

export interface ArgumentRule {
  readonly name: string;
  readonly type: GraphQLInputType;
  readonly defaultValue: unknown;
  readonly cost: InputCost;
}

/** Of a value: what it weighs itself, and its fields, where it is an input object. Undefined: it never costs anything. */
export type InputCost =
  | { readonly weight: number; readonly fields: ReadonlyMap<string, InputCost> | undefined }
  | undefined;

/** The directives of a supergraph, as they apply to the fields and types that its clients see. */
export class FieldRules {
  readonly #schema: GraphQLSchema;
  readonly #directives: CostDirectives;
  readonly #rules = new Map<string, FieldRule>();
  readonly #inputs = new Map<string, ReadonlyMap<string, InputCost>>();

  constructor(schema: GraphQLSchema, directives: CostDirectives) {
    this.#schema = schema;
    this.#directives = directives;
  }

  /** Of an object type's field. Where it says nothing, its interface's does. */
  of(type: string, field: string): FieldRule {
    const coordinate = `${type}.${field}`;
    const known = this.#rules.get(coordinate);
    if (known !== undefined) return known;
    const rule = this.#ruleOf(type, field);
    this.#rules.set(coordinate, rule);
    return rule;
  }

  /** Of an object, or a leaf. */
  typeWeight(type: GraphQLNamedType): number {
    return this.#directives.weights.get(type.name) ?? (isLeafType(type) ? 0 : 1);
  }

  #ruleOf(typeName: string, name: string): FieldRule {
    const type = this.#schema.getType(typeName);
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
    const coordinates = this.#coordinatesOf(typeName, name);
    const { weights, listSizes } = this.#directives;
    const weight = first(coordinates, weights);
    const listSize = first(coordinates, listSizes);
    const known = (field?.args ?? []).map((argument) => {
      const { name, type, defaultValue } = argument;
      const own = first(
        coordinates.map((coordinate) => `${coordinate}(${name}:)`),
        weights,
      );
      return { name, type, defaultValue, own, cost: this.#inputCost(type, own) };
    });
    const said = known.map(({ name, type, defaultValue, own }) => [name, String(type), defaultValue, own]);
    const sizedFields = listSize?.sizedFields === undefined ? undefined : coordinates;
    return { key: JSON.stringify([weight, listSize, sizedFields, said]), weight, listSize, arguments: known };
  }

  #coordinatesOf(typeName: string, field: string): string[] {
    const type = this.#schema.getType(typeName);
    const interfaces = isObjectType(type) ? type.getInterfaces() : [];
    return [typeName, ...interfaces.map(({ name }) => name)].map((name) => `${name}.${field}`);
  }

  #inputCost(type: GraphQLInputType, weight: number | undefined): InputCost {
    const named = getNamedType(type);
    const own = weight ?? this.#directives.weights.get(named.name);
    if (!isInputObjectType(named))
      return own === undefined || own === 0 ? undefined : { weight: own, fields: undefined };
    return { weight: own ?? 1, fields: this.#inputFields(named.name) };
  }

  #inputFields(name: string): ReadonlyMap<string, InputCost> {
    const known = this.#inputs.get(name);
    if (known !== undefined) return known;
    const costs = new Map<string, InputCost>();
    // Before it is filled: an input object may hold others of its type.
    this.#inputs.set(name, costs);
    const type = this.#schema.getType(name);
    for (const field of isInputObjectType(type) ? Object.values(type.getFields()) : []) {
      costs.set(field.name, this.#inputCost(field.type, this.#directives.weights.get(`${name}.${field.name}`)));
    }
    return costs;
  }
}

function first<T>(coordinates: readonly string[], known: ReadonlyMap<string, T>): T | undefined {
  for (const coordinate of coordinates) {
    const value = known.get(coordinate);
    if (value !== undefined) return value;
  }
  return undefined;
}
