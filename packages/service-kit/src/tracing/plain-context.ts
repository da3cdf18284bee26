import type { Context } from '@opentelemetry/api';

/**
 * A context as OpenTelemetry's, which makes three functions anew for each one and assigns them to properties. V8 allocates
 * such functions among old objects; there they outlive the request, and whatever it had with them (docs/performance.md).
 */
class PlainContext implements Context {
  readonly #parent: PlainContext | undefined;
  readonly #key: symbol | undefined;
  readonly #value: unknown;

  constructor(parent?: PlainContext, key?: symbol, value?: unknown) {
    this.#parent = parent;
    this.#key = key;
    this.#value = value;
  }

  getValue(key: symbol): unknown {
    for (let context: PlainContext | undefined = this; context !== undefined; context = context.#parent) {
      if (context.#key === key) return context.#value;
    }
    return undefined;
  }

  setValue(key: symbol, value: unknown): Context {
    return new PlainContext(this.deleteValue(key), key, value);
  }

  /** Each key is there once: work may go on for ever, each time in a context of the time before. */
  deleteValue(key: symbol): PlainContext {
    if (this.#parent === undefined) return this;
    if (this.#key === key) return this.#parent;
    const parent = this.#parent.deleteValue(key);
    return parent === this.#parent ? this : new PlainContext(parent, this.#key, this.#value);
  }
}

/** The one that nothing is known in. */
export const EMPTY_CONTEXT: Context = new PlainContext();
