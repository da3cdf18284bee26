import DataLoader from 'dataloader';

/**
 * A loader of one row per key, in one query for all keys of a tick. Keys that were not found are null.
 *
 * @param load the rows for the given keys, in any order
 */
export const rowLoader = <Row>(load: (keys: readonly string[]) => Promise<Row[]>, keyOf: (row: Row) => string) =>
  new DataLoader<string, Row | null>(async (keys) => {
    const byKey = new Map((await load(keys)).map((row) => [keyOf(row), row]));
    return keys.map((key) => byKey.get(key) ?? null);
  });

/** A loader of a list of rows per key, in one query for all keys of a tick, in the order in which `load` gave them. */
export const listLoader = <Row>(load: (keys: readonly string[]) => Promise<Row[]>, keyOf: (row: Row) => string) =>
  new DataLoader<string, Row[]>(async (keys) => {
    const byKey = Map.groupBy(await load(keys), keyOf);
    return keys.map((key) => byKey.get(key) ?? []);
  });
