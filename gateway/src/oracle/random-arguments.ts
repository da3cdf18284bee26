import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredArgument,
} from 'graphql';
import type { SeededRandom } from './seeded-random.ts';

/** The variables of one operation, as it is made. */
export class RandomVariables {
  readonly definitions: string[] = [];
  readonly values: Record<string, unknown> = {};
  readonly #random: SeededRandom;
  /** By type, so that they are used again. */
  readonly #names = new Map<string, string[]>();

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** Text of arguments such as `(count: 3, unit: $v1)`, or nothing. */
  arguments(all: readonly GraphQLArgument[]): string {
    const given = all.filter((argument) => isRequiredArgument(argument) || this.#random.chance(0.6));
    return given.length === 0 ? '' : `(${given.map((argument) => this.#member(argument)).join(', ')})`;
  }

  /** Text of `@skip` or `@include`, most often of what leaves the field there. */
  condition(): string {
    const name = this.#random.pick(['skip', 'include']);
    const value = this.#random.chance(0.25) === (name === 'skip');
    if (this.#random.chance(0.3)) return ` @${name}(if: ${value})`;
    return ` @${name}(if: $${this.#declare('Boolean!', () => value)})`;
  }

  #member({ name, type, defaultValue }: GraphQLArgument | GraphQLInputField): string {
    return `${name}: ${this.#text(type, defaultValue !== undefined)}`;
  }

  #text(type: GraphQLInputType, hasDefault: boolean): string {
    const random = this.#random;
    if (random.chance(0.3)) {
      // Where there is a default, a variable may be nullable though the place is not.
      const isNonNull = isNonNullType(type);
      const variableType = isNonNull && hasDefault && random.chance(0.5) ? String(type.ofType) : String(type);
      return `$${this.#declare(variableType, () => this.#value(type))}`;
    }
    if (!isNonNullType(type) && random.chance(0.1)) return 'null';
    return this.#literal(isNonNullType(type) ? type.ofType : type);
  }

  #literal(type: GraphQLInputType): string {
    const random = this.#random;
    if (isNonNullType(type)) return this.#literal(type.ofType);
    if (isListType(type)) {
      if (random.chance(0.2)) return this.#literal(type.ofType);
      return `[${Array.from({ length: random.between(0, 2) }, () => this.#text(type.ofType, false)).join(', ')}]`;
    }
    if (isInputObjectType(type)) {
      const fields = random.some(Object.values(type.getFields()), random.between(0, 3));
      return `{${fields.map((field) => this.#member(field)).join(', ')}}`;
    }
    const value = this.#nonNullValue(type);
    return isEnumType(type) ? String(value) : JSON.stringify(value);
  }

  /** A value for a variable. */
  #value(type: GraphQLInputType): unknown {
    if (isNonNullType(type)) return this.#nonNullValue(type.ofType);
    return this.#random.chance(0.1) ? null : this.#nonNullValue(type);
  }

  #nonNullValue(type: GraphQLInputType): unknown {
    const random = this.#random;
    if (isListType(type)) {
      if (random.chance(0.2)) return this.#value(type.ofType);
      return Array.from({ length: random.between(0, 2) }, () => this.#value(type.ofType));
    }
    if (isInputObjectType(type)) {
      const fields = random.some(Object.values(type.getFields()), random.between(0, 3));
      return Object.fromEntries(fields.map((field) => [field.name, this.#value(field.type)]));
    }
    if (isEnumType(type)) return random.pick(type.getValues()).name;
    return scalar(String(type), random);
  }

  /** The name of a variable of this type, which may be there already. */
  #declare(type: string, makeValue: () => unknown): string {
    const random = this.#random;
    const known = this.#names.get(type) ?? [];
    if (known.length > 0 && random.chance(0.4)) return random.pick(known);
    const name = `v${this.definitions.length + 1}`;
    this.#names.set(type, [...known, name]);
    const isRequired = type.endsWith('!');
    const value = makeValue();
    const defaultText = random.chance(0.25) ? defaultOf(type, value) : undefined;
    this.definitions.push(`$${name}: ${type}${defaultText === undefined ? '' : ` = ${defaultText}`}`);
    const isOmitted = random.chance(0.3) && (!isRequired || defaultText !== undefined);
    if (!isOmitted && !(isRequired && value === null)) this.values[name] = value;
    return name;
  }
}

/** Only simple types have one, of the value's own kind. */
function defaultOf(type: string, value: unknown): string | undefined {
  if (value === null) return type.endsWith('!') ? undefined : 'null';
  if (/^(Color|Size)!?$/.test(type)) return String(value);
  return /^(Int|Float|String|Boolean|ID)!?$/.test(type) ? JSON.stringify(value) : undefined;
}

function scalar(type: string, random: SeededRandom): unknown {
  const number = random.between(-2, 20);
  switch (type) {
    case 'Int':
      return number;
    case 'Float':
      return number / 2;
    case 'Boolean':
      return number % 2 === 0;
    case 'ID':
      return String(number);
    default:
      return random.pick(['a', 'b "quoted"', 'c\nd', '']);
  }
}
