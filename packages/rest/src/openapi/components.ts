import { isDeepStrictEqual } from 'node:util';
import type { JsonSchema } from './json-schema.ts';

/** Schemas that have a name: `#/components/schemas/User`. */
export class Components {
  readonly schemas: Record<string, JsonSchema> = {};

  /**
   * Gives a schema its name. Where routes select different fields of a type, the first has the type's name, and others
   * their operation's with it: `OrderInListOrders`.
   */
  add(name: string, operation: string, schema: JsonSchema): JsonSchema {
    const free = [name, `${name}In${operation}`].find((one) => !this.#isOther(one, schema));
    const taken = free ?? this.#numbered(`${name}In${operation}`, schema);
    this.schemas[taken] ??= schema;
    return refTo(taken);
  }

  /** One that is the same for all: an enum, an input type. It may speak of itself. */
  once(name: string, make: () => JsonSchema): JsonSchema {
    if (this.schemas[name] === undefined) {
      this.schemas[name] = {};
      this.schemas[name] = make();
    }
    return refTo(name);
  }

  #isOther(name: string, schema: JsonSchema): boolean {
    const known = this.schemas[name];
    return known !== undefined && !isDeepStrictEqual(known, schema);
  }

  #numbered(name: string, schema: JsonSchema): string {
    for (let number = 2; ; number++) if (!this.#isOther(`${name}${number}`, schema)) return `${name}${number}`;
  }
}

const refTo = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });
