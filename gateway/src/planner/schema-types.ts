import {
  type GraphQLAbstractType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isObjectType,
  isUnionType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';

/** Names of object types. */
export type TypeSet = ReadonlySet<string>;

/** What normalising asks of a schema again and again. */
export class SchemaTypes {
  readonly schema: GraphQLSchema;
  /** Of every type. */
  readonly fieldNames: ReadonlySet<string>;
  readonly #abstract: readonly GraphQLAbstractType[];
  readonly #possible = new Map<string, TypeSet>();
  readonly #common = new WeakMap<TypeSet, Map<string, GraphQLOutputType | undefined>>();
  readonly #keys = new WeakMap<TypeSet, string>();

  private constructor(schema: GraphQLSchema) {
    this.schema = schema;
    const types = Object.values(schema.getTypeMap());
    this.fieldNames = new Set(types.flatMap((type) => ('getFields' in type ? Object.keys(type.getFields()) : [])));
    this.#abstract = types.filter(isAbstractType).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  static readonly #known = new WeakMap<GraphQLSchema, SchemaTypes>();

  static of(schema: GraphQLSchema): SchemaTypes {
    const types = SchemaTypes.#known.get(schema) ?? new SchemaTypes(schema);
    SchemaTypes.#known.set(schema, types);
    return types;
  }

  /** @throws Error for a document that does not fit the schema */
  composite(name: string): GraphQLCompositeType {
    const type = this.schema.getType(name);
    if (!isCompositeType(type)) throw new Error(`${name} has no fields`);
    return type;
  }

  possible(type: GraphQLCompositeType): TypeSet {
    const known = this.#possible.get(type.name);
    if (known !== undefined) return known;
    const names = isObjectType(type) ? [type.name] : this.schema.getPossibleTypes(type).map(({ name }) => name);
    const set = new Set(names);
    this.#possible.set(type.name, set);
    return set;
  }

  fieldOf(type: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> | undefined {
    if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
    if (type === this.schema.getQueryType()) {
      if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
      if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
    }
    return isUnionType(type) ? undefined : type.getFields()[name];
  }

  /** The type of a field of the object type. */
  typeOn(object: string, field: string): GraphQLOutputType | undefined {
    return this.fieldOf(this.composite(object), field)?.type;
  }

  /** The type that a field has on all of the object types; undefined where it is not one. */
  commonType(objects: TypeSet, field: string): GraphQLOutputType | undefined {
    const known = this.#common.get(objects) ?? new Map<string, GraphQLOutputType | undefined>();
    this.#common.set(objects, known);
    if (!known.has(field)) {
      const types = [...objects].map((object) => this.typeOn(object, field));
      const isOne = new Set(types.map(String)).size === 1;
      known.set(field, isOne ? types[0] : undefined);
    }
    return known.get(field);
  }

  /** Equal for equal sets. */
  keyOf(types: TypeSet): string {
    const known = this.#keys.get(types) ?? [...types].sort().join();
    this.#keys.set(types, known);
    return known;
  }

  /**
   * Type conditions that together hold for `wanted` and for none else of `within`: the one object type, an abstract type
   * for which `isFit`, or every object type.
   */
  conditionsFor(
    wanted: TypeSet,
    within: TypeSet,
    isFit: (type: GraphQLAbstractType) => boolean,
  ): GraphQLCompositeType[] {
    if (wanted.size > 1) {
      const fitting = this.#abstract.find((type) => {
        const possible = this.possible(type);
        return isSubset(wanted, possible) && intersection(within, possible).size === wanted.size && isFit(type);
      });
      if (fitting !== undefined) return [fitting];
    }
    return [...wanted].sort().map((name) => this.composite(name));
  }

  /** The first abstract type of the object type for which `isFit`; without any, itself. */
  abstractWith(type: GraphQLCompositeType, isFit: (type: GraphQLAbstractType) => boolean): GraphQLCompositeType {
    return this.#abstract.find((one) => this.possible(one).has(type.name) && isFit(one)) ?? type;
  }
}

export const isSubset = (some: TypeSet, all: TypeSet): boolean => some === all || some.isSubsetOf(all);

/** `one` itself where it is all of it. */
export const intersection = (one: TypeSet, other: TypeSet): TypeSet =>
  isSubset(one, other) ? one : one.intersection(other);
