/** An object of the response, under the keys of the plan. */
export type TreeObject = Record<string, unknown>;

export const isTreeObject = (value: unknown): value is TreeObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Objects and lists in the place of which another subgraph has said null: what it would have known of them is not there. */
export const disputed = new WeakSet<object>();

/**
 * Writes what a fetch gave into what is there. Objects are merged; lists item by item. What one subgraph has does not
 * become null because another one could not say it.
 */
export function mergeInto(target: TreeObject, source: TreeObject): void {
  for (const key of Object.keys(source)) {
    // As a key of JSON it is a field like any other; as an assignment it would replace the prototype.
    if (key === '__proto__') continue;
    const present = target[key];
    // Who knows it at first may be the only one who does: to another it is an object of an interface.
    if (key === '__typename' && present !== undefined) continue;
    target[key] = merged(present, source[key]);
  }
}

function merged(present: unknown, value: unknown): unknown {
  if (typeof present !== 'object' || present === null) {
    // A field may be called like what every object has: that is a function, which JSON has none of.
    if (value === null && present !== undefined && typeof present !== 'function') return present;
    if (present === null && typeof value === 'object') disputed.add(value as object);
    return value;
  }
  if (value === null) disputed.add(present);
  else if (typeof value === 'object') mergeComposites(present, value);
  return present;
}

function mergeComposites(present: object, value: object): void {
  if (!Array.isArray(present) && !Array.isArray(value)) mergeInto(present as TreeObject, value as TreeObject);
  if (!Array.isArray(present) || !Array.isArray(value)) return;
  for (const [index, item] of value.entries()) present[index] = merged(present[index], item);
}

/** A copy that later merges can write into, where the same entity stands in a second place. */
export function copyOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copyOf) as T;
  if (!isTreeObject(value)) return value;
  const copy: TreeObject = {};
  for (const key of Object.keys(value)) if (key !== '__proto__') copy[key] = copyOf(value[key]);
  return copy as T;
}
