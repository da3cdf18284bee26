import type { Shape } from './selection-shape.ts';

/** An object of the response, under the keys of the plan. */
export type TreeObject = Record<string, unknown>;

export const isTreeObject = (value: unknown): value is TreeObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Objects and lists in the place of which another subgraph has said null: what it would have known of them is not there. */
export const disputed = new WeakSet<object>();

/**
 * Writes what a fetch gave into what is there, as far as the fetch asked for it. Objects are merged; lists item by item.
 * What one subgraph has does not become null because another one could not say it.
 */
export function mergeInto(target: TreeObject, source: TreeObject, { keys, below }: Shape): void {
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as string;
    const value = source[key];
    // A field may be called like what every object has: that is a function, which JSON has none of.
    if (value === undefined || typeof value === 'function') continue;
    const present = target[key];
    // Who knows it at first may be the only one who does: to another it is an object of an interface.
    if (key === '__typename' && present !== undefined) continue;
    target[key] = merged(present, value, below[index]);
  }
}

function merged(present: unknown, value: unknown, shape: Shape | undefined): unknown {
  if (typeof present !== 'object' || present === null) {
    if (value === null && present !== undefined && typeof present !== 'function') return present;
    if (present === null && typeof value === 'object') disputed.add(value as object);
    return value;
  }
  if (value === null) disputed.add(present);
  else if (shape !== undefined && typeof value === 'object') mergeComposites(present, value, shape);
  return present;
}

function mergeComposites(present: object, value: object, shape: Shape): void {
  if (!Array.isArray(present) && !Array.isArray(value)) mergeInto(present as TreeObject, value as TreeObject, shape);
  if (!Array.isArray(present) || !Array.isArray(value)) return;
  for (const [index, item] of value.entries()) present[index] = merged(present[index], item, shape);
}

/** How many more objects and items of lists may be copied. */
export interface Room {
  left: number;
}

/** For the only copy that a request makes of an answer which it shares with others. */
export const OWN: Room = { left: Number.POSITIVE_INFINITY };

/**
 * A copy that later merges can write into, where the same entity stands in a second place. Of what nobody asked for there
 * is none: a subgraph could send any amount of it.
 *
 * @throws RangeError when there is no room, or it is nested too deeply
 */
export function copyOf(source: TreeObject, { keys, below }: Shape, room: Room): TreeObject {
  take(1, room);
  const copy: TreeObject = {};
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as string;
    const value = source[key];
    if (value === undefined || typeof value === 'function') continue;
    const shape = below[index];
    // Nobody writes into a leaf.
    copy[key] = shape === undefined ? value : valueCopy(value, shape, room);
  }
  return copy;
}

function valueCopy(value: unknown, shape: Shape, room: Room): unknown {
  if (shape.isLeafToo) return wholeCopy(value, room);
  if (!Array.isArray(value)) return isTreeObject(value) ? copyOf(value, shape, room) : value;
  take(value.length, room);
  return value.map((item) => valueCopy(item, shape, room));
}

function wholeCopy(value: unknown, room: Room): unknown {
  if (Array.isArray(value)) {
    take(value.length, room);
    return value.map((item) => wholeCopy(item, room));
  }
  if (!isTreeObject(value)) return value;
  const members = Object.entries(value);
  take(1 + members.length, room);
  return Object.fromEntries(members.map(([key, member]) => [key, wholeCopy(member, room)]));
}

function take(count: number, room: Room): void {
  room.left -= count;
  if (room.left < 0) throw new RangeError('too much would be copied');
}
