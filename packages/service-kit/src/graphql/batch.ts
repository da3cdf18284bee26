import DataLoader from 'dataloader';
import { isId } from '../http/is-id.ts';
import { inChildSpan } from '../tracing/tracing.ts';

/** The rows for the given keys, in any order. */
type Load<Row> = (keys: readonly string[]) => Promise<Row[]>;

/**
 * A loader of one row per key, in one query for all keys of a tick. Keys that were not found are null.
 *
 * @param name of what it loads, for its spans: `batch NAME`
 * @param isKey what can be a key at all. Anything else belongs to nothing, and does not reach the database
 */
export const rowLoader = <Row>(
  name: string,
  load: Load<Row>,
  keyOf: (row: Row) => string,
  isKey: (key: string) => boolean = isId,
) =>
  new DataLoader<string, Row | null>(async (keys) => {
    const byKey = new Map((await loadWhere(name, isKey, keys, load)).map((row) => [keyOf(row), row]));
    return keys.map((key) => byKey.get(key) ?? null);
  });

/** A loader of a list of rows per id, in one query for all ids of a tick, in the order in which `load` gave them. */
export const listLoader = <Row>(name: string, load: Load<Row>, idOf: (row: Row) => string) =>
  new DataLoader<string, Row[]>(async (ids) => {
    const byId = Map.groupBy(await loadWhere(name, isId, ids, load), idOf);
    return ids.map((id) => byId.get(id) ?? []);
  });

/** Loaders of a part of a list per id: one for each slice (by its JSON), since each is another query. */
export function sliceLoader<Slice, Row>(
  name: string,
  load: (ids: readonly string[], slice: Slice) => Promise<Row[]>,
  idOf: (row: Row) => string,
) {
  const loaders = new Map<string, DataLoader<string, Row[]>>();
  const loaderOf = (slice: Slice) => {
    const key = JSON.stringify(slice);
    const loader = loaders.get(key) ?? listLoader(name, (ids) => load(ids, slice), idOf);
    loaders.set(key, loader);
    return loader;
  };
  return Object.assign(loaderOf, { clear: () => loaders.clear() });
}

async function loadWhere<Row>(
  name: string,
  isKey: (key: string) => boolean,
  keys: readonly string[],
  load: Load<Row>,
): Promise<Row[]> {
  const valid = keys.filter(isKey);
  if (valid.length === 0) return [];
  const attributes = { 'graphql.batch.name': name, 'graphql.batch.keys': valid.length };
  return inChildSpan(`batch ${name}`, { attributes }, async () => await load(valid));
}
