import {
  type GraphQLCompositeType,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isUnionType,
  type OperationTypeNode,
} from 'graphql';

export interface RandomOperation {
  readonly source: string;
  readonly variables: Record<string, unknown>;
}

/** Among them names of fields, and one that the canonical operation might take. */
const ALIASES = [
  'a',
  'b',
  'id',
  'name',
  'friend',
  'name_2',
  '__typename',
  ...Array.from({ length: 40 }, (_, i) => `z${i}`),
];
const FRAGMENTS = 3;

/** Nearly always valid: what has one response key is mostly the same. */
export const randomOperation = (seed: number, schema: GraphQLSchema, kind: `${OperationTypeNode}`): RandomOperation =>
  new Writer(seed, schema).operation(kind);

class Writer {
  #state: number;
  readonly #schema: GraphQLSchema;
  /** By field, arguments and type: what has one key must be mergeable. */
  readonly #keys = new Map<string, string>();
  /** Their types. */
  readonly #fragments: GraphQLCompositeType[] = [];
  readonly #variables = new Map<string, { type: string; value: string | undefined; given: unknown }>();

  constructor(seed: number, schema: GraphQLSchema) {
    this.#state = seed;
    this.#schema = schema;
  }

  operation(kind: `${OperationTypeNode}`): RandomOperation {
    const root = this.#schema.getRootType(kind as OperationTypeNode) as GraphQLCompositeType;
    for (let index = 0; index < FRAGMENTS; index++) this.#fragments.push(this.#pick(this.#composites()));
    const fragments = this.#fragments.map((on, index) => {
      return `fragment F${index} on ${on} ${this.#selection(on, 2, index + 1)}`;
    });
    const selection = this.#selection(root, 4, 0);
    const used = fragments.filter((_, index) => this.#isSpread(index, [selection, ...fragments.slice(0, index)]));
    const all = [selection, ...used].join('\n');
    const variables: Record<string, unknown> = {};
    const definitions: string[] = [];
    for (const [name, { type, value, given }] of this.#variables) {
      if (!new RegExp(`\\$${name}\\b`).test(all)) continue;
      definitions.push(`$${name}: ${type}${value === undefined ? '' : ` = ${value}`}`);
      if (given !== undefined) variables[name] = given;
    }
    const head = definitions.length === 0 ? '' : `(${definitions.join(', ')})`;
    return { source: `${kind} Named${head} ${all}`, variables };
  }

  #isSpread(index: number, texts: readonly string[]): boolean {
    return texts.some(
      (text, at) => text.includes(`...F${index} `) && (at === 0 || this.#isSpread(at - 1, texts.slice(0, at))),
    );
  }

  #selection(type: GraphQLCompositeType, depth: number, nextFragment: number): string {
    const count = 1 + this.#nat(4);
    return `{ ${Array.from({ length: count }, () => this.#selectionOf(type, depth, nextFragment)).join(' ')} }`;
  }

  #selectionOf(type: GraphQLCompositeType, depth: number, nextFragment: number): string {
    const dice = this.#nat(9);
    const spreadable = this.#overlapping(type);
    const fragments = this.#fragments.flatMap((on, index) =>
      index >= nextFragment && spreadable.includes(on) ? [index] : [],
    );
    if (dice >= 8 && fragments.length > 0) return `...F${this.#pick(fragments)} ${this.#directives()}`;
    if (dice >= 6 && depth > 0) {
      const on = this.#nat(4) === 0 ? undefined : this.#pick(spreadable);
      const condition = on === undefined ? '' : `on ${on} `;
      return `... ${condition}${this.#directives()} ${this.#selection(on ?? type, depth - 1, nextFragment)}`;
    }
    return this.#field(type, depth, nextFragment);
  }

  #field(type: GraphQLCompositeType, depth: number, nextFragment: number): string {
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());
    const possible = depth > 0 ? fields : fields.filter((field) => !isCompositeType(getNamedType(field.type)));
    const field = possible.length === 0 || this.#nat(9) === 0 ? undefined : this.#pick(possible);
    if (field === undefined) return `${this.#alias('__typename', '')}__typename ${this.#directives()}`;
    const given = field.args.filter((argument) => isRequired(argument) || this.#nat(2) === 0);
    const values = given.map((argument) => `${argument.name}: ${this.#value(argument.type, 2, true)}`);
    const named = getNamedType(field.type);
    const below = isCompositeType(named) ? this.#selection(named, depth - 1, nextFragment) : '';
    const args = values.length === 0 ? '' : `(${values.join(', ')})`;
    const alias = this.#alias(field.name, `${args}${field.type}`);
    return `${alias}${field.name}${args} ${this.#directives()} ${below}`;
  }

  /** Mostly the one that the same field has already. */
  #alias(name: string, more: string): string {
    const field = `${name}${more}`;
    const known = this.#keys.get(field);
    if (known !== undefined && this.#nat(5) > 0) return known === name ? '' : `${known}: `;
    const taken = new Set(this.#keys.values());
    const free =
      [...(this.#nat(2) > 0 ? [name] : []), ...ALIASES.slice(this.#nat(6))].find((key) => !taken.has(key)) ?? name;
    this.#keys.set(`${field}${known === undefined ? '' : this.#keys.size}`, free);
    return free === name ? '' : `${free}: `;
  }

  #directives(): string {
    const one = (name: string) => (this.#nat(6) === 0 ? `@${name}(if: ${this.#boolean()})` : '');
    return `${one('skip')} ${one('include')}`;
  }

  #boolean(): string {
    if (this.#nat(4) === 0) return String(this.#nat(1) === 0);
    const name = this.#pick(['p', 'q', 'd']);
    if (!this.#variables.has(name)) {
      const value = this.#nat(1) === 0;
      if (name !== 'd') this.#variables.set(name, { type: 'Boolean!', value: undefined, given: value });
      else
        this.#variables.set(name, {
          type: 'Boolean',
          value: String(value),
          given: this.#nat(1) === 0 ? !value : undefined,
        });
    }
    return `$${name}`;
  }

  /** @param isPlace Whether a variable may stand there. */
  #value(type: GraphQLInputType, depth: number, isPlace: boolean): string {
    if (isPlace && this.#nat(3) === 0) return this.#variable(type);
    if (!isNonNullType(type) && this.#nat(6) === 0) return 'null';
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      if (this.#nat(3) === 0) return this.#value(getNullableType(nullable.ofType), depth, false);
      return `[${Array.from({ length: this.#nat(2) }, () => this.#value(nullable.ofType, depth, isPlace)).join(', ')}]`;
    }
    if (isInputObjectType(nullable)) {
      const all = Object.values(nullable.getFields()).filter(
        (field) => depth > 0 || !isInputObjectType(getNamedType(field.type)),
      );
      const fields = nullable.isOneOf
        ? [this.#pick(all)]
        : all.filter((field) => isRequired(field) || this.#nat(2) === 0);
      const one = (inner: GraphQLInputType) =>
        nullable.isOneOf ? this.#oneOf(inner, depth) : this.#value(inner, depth - 1, isPlace);
      return `{ ${fields.map((field) => `${field.name}: ${one(field.type)}`).join(', ')} }`;
    }
    if (isEnumType(nullable)) return this.#pick(['CM', 'INCH']);
    return this.#scalar(String(nullable));
  }

  #oneOf(type: GraphQLInputType, depth: number): string {
    const text = this.#value(type, depth - 1, false);
    return text === 'null' ? this.#oneOf(type, depth) : text;
  }

  #scalar(name: string): string {
    switch (name) {
      case 'Int':
        return this.#pick(['1', '-7', '2000000']);
      case 'Float':
        return this.#pick(['1', '1.50', '-0.0', '1e3', '123456789012345678901']);
      case 'Boolean':
        return this.#pick(['true', 'false']);
      case 'ID':
        return this.#pick(['"1"', '2', '"$x"']);
      case 'Json':
        return this.#pick([
          '{ a: [1, { b: ENUM }], c: null }',
          '[]',
          '12345678901234567890',
          '"{\\u0001}"',
          '{ a: $x_ID }',
        ]).replace('$x_ID', this.#variable(this.#schema.getType('ID') as GraphQLInputType));
      default:
        return this.#pick(['"a"', '"b \\" é"', '"""\n block\n"""']);
    }
  }

  #variable(type: GraphQLInputType): string {
    const base = String(type).replaceAll('[', 'L').replaceAll(']', 'E').replaceAll('!', 'N');
    const name = `x_${base}_${this.#nat(1)}`;
    if (!this.#variables.has(name)) {
      const isNonNull = isNonNullType(type);
      const literal = this.#nat(2) === 0 ? this.#value(getNullableType(type), 1, false) : undefined;
      const hasDefault = literal !== undefined && literal !== 'null' && !literal.includes('$');
      const given = this.#given(type);
      this.#variables.set(name, {
        // With a default, it may stand where null is not allowed.
        type: String(isNonNull && hasDefault && this.#nat(1) === 0 ? getNullableType(type) : type),
        value: hasDefault ? literal : undefined,
        given: (!isNonNull || hasDefault) && this.#nat(1) === 0 ? undefined : given,
      });
    }
    return `$${name}`;
  }

  #given(type: GraphQLInputType): unknown {
    const nullable = getNullableType(type);
    if (!isNonNullType(type) && this.#nat(3) === 0) return null;
    if (isListType(nullable)) return [this.#given(nullable.ofType)];
    if (isInputObjectType(nullable)) return nullable.isOneOf ? { id: '3' } : { n: 5 };
    if (isEnumType(nullable)) return 'INCH';
    return { Int: 11, Float: 2.5, Boolean: true, ID: 'x' }[String(nullable)] ?? 'given';
  }

  #composites = () =>
    Object.values(this.#schema.getTypeMap())
      .filter(isCompositeType)
      .filter(({ name }) => !name.startsWith('__'));

  #overlapping(type: GraphQLCompositeType): GraphQLCompositeType[] {
    const possible = (one: GraphQLCompositeType) =>
      'getInterfaces' in one && !('resolveType' in one) ? [one] : this.#schema.getPossibleTypes(one as never);
    return this.#composites().filter((other) => possible(other).some((object) => possible(type).includes(object)));
  }

  #pick<T>(values: readonly T[]): T {
    return values[this.#nat(values.length - 1)] as T;
  }

  #nat(max: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    const mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    return ((mixed ^ (mixed >>> 13)) >>> 0) % (max + 1);
  }
}

const isRequired = ({ type, defaultValue }: { type: GraphQLInputType; defaultValue?: unknown }) =>
  isNonNullType(type) && defaultValue === undefined;
