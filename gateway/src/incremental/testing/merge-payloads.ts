type Path = readonly (string | number)[];
type Json = Record<string, unknown>;

interface Payload {
  data?: Json | null;
  errors?: unknown[];
  pending?: { id: string; path: Path; label?: string }[];
  incremental?: {
    id?: string;
    subPath?: Path;
    path?: Path;
    label?: string;
    data?: Json | null;
    items?: unknown[] | null;
    errors?: unknown[];
  }[];
  completed?: { id: string; errors?: unknown[] }[];
  hasNext?: boolean;
}

export interface Merged {
  readonly data: Json | null;
  /** All that were in any payload. */
  readonly errors: readonly unknown[];
  /** Paths of the fragments that failed, and of the items at which lists ended. */
  readonly failed: readonly Path[];
}

/**
 * What a client has in the end, of payloads in the specification's format or in the one before. Throws where they are not
 * what the format says: an id that was not announced or is over, a place that is not there, a field that comes twice,
 * an end that is none.
 */
export function mergePayloads(payloads: readonly Payload[]): Merged {
  const [first, ...later] = structuredClone(payloads) as Payload[];
  if (first === undefined) throw new Error('no payload');
  const data = first.data ?? null;
  const errors = [...(first.errors ?? [])];
  const failed: Path[] = [];
  const open = new Map<string, Path>();
  const used = new Set<string>();
  const announce = ({ pending = [] }: Payload) => {
    for (const { id, path } of pending) {
      if (used.has(id)) throw new Error(`the id ${id} twice`);
      used.add(id);
      open.set(id, path);
    }
  };
  const pathOf = (id: string) => {
    const path = open.get(id);
    if (path === undefined) throw new Error(`the id ${id} is not open`);
    return path;
  };
  announce(first);
  let before = first;
  for (const payload of later) {
    if (before.hasNext !== true) throw new Error('a payload behind the last');
    announce(payload);
    for (const { id, subPath = [], path, data: part, items, errors: own = [] } of payload.incremental ?? []) {
      const at = id === undefined ? (path ?? []) : [...pathOf(id), ...subPath];
      errors.push(...own);
      if (part === null || items === null) failed.push(at);
      else if (items !== undefined) append(data, items, at, id === undefined);
      else if (part !== undefined) mergeNew(objectAt(data, at), part, at);
      else throw new Error(`neither data nor items at ${at}`);
    }
    for (const { id, errors: own } of payload.completed ?? []) {
      const path = pathOf(id);
      open.delete(id);
      if (own === undefined) continue;
      if (own.length === 0) throw new Error(`${id} failed without an error`);
      const list = valueAt(data, path);
      failed.push(Array.isArray(list) ? [...path, list.length] : path);
      errors.push(...own);
    }
    for (const { id, path } of payload.pending ?? []) {
      if (open.has(id) && !Array.isArray(valueAt(data, path))) objectAt(data, path);
    }
    before = payload;
  }
  if (later.length > 0 && before.hasNext !== false) throw new Error('the last payload says that there is more');
  if (open.size > 0) throw new Error(`${[...open.keys()]} never came`);
  return { data, errors, failed };
}

const valueAt = (data: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, step) => (value as Json | null | undefined)?.[step], data);

/** @param isIndexed whether the place is that of the first of them, not that of the list */
function append(data: unknown, items: readonly unknown[], at: Path, isIndexed: boolean): void {
  const list = valueAt(data, isIndexed ? at.slice(0, -1) : at);
  if (!Array.isArray(list)) throw new Error(`no list at ${at}`);
  if (isIndexed && at.at(-1) !== list.length) throw new Error(`${at} is not the next item`);
  if (items.length === 0) throw new Error(`no items at ${at}`);
  list.push(...items);
}

function objectAt(data: unknown, path: Path): Json {
  const found = valueAt(data, path);
  if (typeof found !== 'object' || found === null || Array.isArray(found)) throw new Error(`no object at ${path}`);
  return found as Json;
}

/** Objects may be said again, to say where the rest of them is; fields may not. */
function mergeNew(target: Json, source: Json, at: Path): void {
  for (const [key, value] of Object.entries(source)) {
    if (key in target) throw new Error(`${[...at, key]} comes twice`);
    target[key] = value;
  }
}
