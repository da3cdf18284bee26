import type { IncrementalUpdate } from '../executor/incremental-result.ts';
import type { ResponsePath } from '../executor/targets.ts';

/** What an answer in parts costs: all of it is put together to be counted. */
export class PartsCost {
  readonly #actual: (data: unknown) => number;
  /** Undefined: it is too long to be counted. */
  #data: unknown;
  #charactersLeft: number;

  /**
   * @param initial JSON text of what is there at first
   * @param most characters; a longer answer is not counted
   * @param actual of the data of an answer
   */
  constructor(initial: string, most: number, actual: (data: unknown) => number) {
    this.#actual = actual;
    this.#charactersLeft = most - initial.length;
    this.#data = this.#charactersLeft < 0 ? undefined : JSON.parse(initial);
  }

  /** To be told of each update. @returns behind the last one, what all of it costs, unless it was too long */
  after({ incremental, hasNext }: IncrementalUpdate): number | undefined {
    for (const one of incremental) {
      this.#charactersLeft -= 'items' in one ? one.items.length : one.data.length;
      if (this.#charactersLeft < 0) this.#data = undefined;
      if (this.#data === undefined) continue;
      if ('items' in one) {
        const list = valueAt(this.#data, one.part.path) as unknown[];
        // Not as arguments: a stack has no room for a hundred thousand.
        for (const item of JSON.parse(one.items) as unknown[]) list.push(item);
      }
      // By assignment `__proto__`, which is a name like any other to a client, would be no field.
      else {
        const fields = Object.getOwnPropertyDescriptors(JSON.parse(one.data));
        Object.defineProperties(valueAt(this.#data, [...one.part.path, ...one.subPath]), fields);
      }
    }
    return hasNext || this.#data === undefined ? undefined : this.#actual(this.#data);
  }
}

/** Of what the client has by now. */
const valueAt = (data: unknown, path: ResponsePath): object =>
  path.reduce<unknown>((value, step) => (value as Record<string | number, unknown>)[step], data) as object;
