import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eachEngine, type TestDatabase } from '../testing/test-database.ts';
import { FileUsageStore } from './file-usage-store.ts';
import { usageDatabase } from './open-postgres-usage.ts';
import { PostgresUsageStore } from './postgres-usage-store.ts';
import type { UsageBucket } from './usage-bucket.ts';
import type { UsageStore } from './usage-store.ts';

const hour = (text: string) => new Date(`${text}:00:00.000Z`);
const NOON = hour('2026-10-18T12');
const ONE = hour('2026-10-18T13');
const ALL = { since: new Date(0), until: hour('2100-01-01T00') };

const bucket = (coordinates: Record<string, number>, more: Partial<UsageBucket> = {}): UsageBucket => ({
  ...{ hour: NOON, line: '', client: 'web', version: '1.0', operation: 'Books', document: 'abc' },
  coordinates: new Map(Object.entries(coordinates)),
  ...more,
});

/** What every store does. `open` gives the store of one more process at the same place. */
function behaviour(open: () => UsageStore): void {
  it('sums what several processes write, again and again', async () => {
    const [one, other] = [open(), open()];
    await one.write([bucket({ 'Query.books': 2, 'Book.isbn': 2 })]);
    await one.write([bucket({ 'Query.books': 1 })]);
    await other.write([bucket({ 'Query.books': 4, 'Book.title': 4 })]);
    await other.write([bucket({ 'Query.books': 8 }, { hour: ONE })]);
    const who = { line: '', client: 'web', version: '1.0', operation: 'Books', document: 'abc' };
    const totals = await one.read(ALL);
    expect(totals.sort((a, b) => a.coordinate.localeCompare(b.coordinate))).toEqual([
      { ...who, coordinate: 'Book.isbn', count: 2, first: NOON, last: NOON },
      { ...who, coordinate: 'Book.title', count: 4, first: NOON, last: NOON },
      { ...who, coordinate: 'Query.books', count: 15, first: NOON, last: ONE },
    ]);
  });

  it.each(['line', 'client', 'version', 'document'] as const)('tells apart what has another %s', async (key) => {
    const store = open();
    await store.write([bucket({ A: 1 }), bucket({ A: 2 }, { [key]: 'another' })]);
    const totals = await store.read(ALL);
    expect(totals.map((total) => [total[key], total.count]).sort()).toEqual(
      [[bucket({})[key], 1] as const, ['another', 2] as const].sort(),
    );
  });

  it('reads the hours that have a part in the time that is asked for', async () => {
    const store = open();
    for (const at of ['11', '12', '13', '14']) {
      await store.write([bucket({ A: 1 }, { hour: hour(`2026-10-18T${at}`) })]);
    }
    const counted = async (since: string, until: string) =>
      (await store.read({ since: new Date(since), until: new Date(until) }))[0]?.count ?? 0;
    expect(await counted('2026-10-18T12:59:59Z', '2026-10-18T13:00:01Z')).toBe(2);
    expect(await counted('2026-10-18T12:00:00Z', '2026-10-18T13:00:00Z')).toBe(1);
    expect(await counted('2026-10-18T15:00:00Z', '2026-10-19T00:00:00Z')).toBe(0);
  });

  it('prunes the hours before a time, and no others', async () => {
    const store = open();
    await store.write([bucket({ A: 1, B: 1 })]);
    await store.write([bucket({ A: 2 }, { hour: ONE })]);
    await store.prune(new Date('2026-10-18T13:59:00Z'));
    expect((await store.read(ALL)).map(({ coordinate, count }) => [coordinate, count])).toEqual([['A', 2]]);
  });

  it('takes thousands of counts at once, from several at the same time', async () => {
    const names = Array.from({ length: 100 }, (_, index) => `Type${index}`);
    const buckets = names.map((client) => bucket(Object.fromEntries(names.map((name) => [name, 1])), { client }));
    const stores = [open(), open(), open()];
    // Of a database that has no tables yet, one makes them.
    await stores[0]?.write(buckets);
    await Promise.all(stores.map((store, index) => store.write(index === 1 ? buckets.toReversed() : buckets)));
    const totals = await open().read(ALL);
    expect(totals).toHaveLength(10_000);
    expect(new Set(totals.map(({ count }) => count))).toEqual(new Set([4]));
  });

  it('takes nothing at all', async () => {
    const store = open();
    await store.write([]);
    await store.write([bucket({ A: 1 })]);
    expect(await store.read(ALL)).toHaveLength(1);
  });
}

describe('usage in files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tributary-usage-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  behaviour(() => new FileUsageStore(folder));
});

eachEngine('usage in a database', (open) => {
  let cluster: TestDatabase;
  beforeAll(async () => {
    cluster = await open();
  });
  afterEach(() => store().prune(ALL.until));
  afterAll(() => cluster.close());
  const store = () => new PostgresUsageStore(cluster.openUnmigrated(usageDatabase));
  behaviour(store);

  it('is written in statements of at most 5000 rows with one parameter each, all of them or none', async () => {
    const database = cluster.openUnmigrated(usageDatabase);
    const statements: string[] = [];
    database.onStatement(({ sql }) => statements.push(sql));
    const usage = new PostgresUsageStore(database);
    const many = Object.fromEntries(Array.from({ length: 10_001 }, (_, index) => [`T.f${index}`, 1]));
    await usage.write([bucket(many)]);
    const inserts = statements.filter((statement) => statement.includes('insert into "usage"."counts"'));
    expect(inserts).toHaveLength(3);
    expect(inserts.join()).not.toContain('$2');
    const refused = usage.write([bucket({ ...many, 'T.z': Number.MAX_VALUE })]);
    await expect(refused).rejects.toThrow();
    expect(new Set((await usage.read(ALL)).map(({ count }) => count))).toEqual(new Set([1]));
  });

  it('is pruned in batches', async () => {
    const usage = store();
    await usage.write([bucket(Object.fromEntries(Array.from({ length: 6000 }, (_, index) => [`T.f${index}`, 1])))]);
    await usage.prune(ONE);
    expect(await usage.read(ALL)).toEqual([]);
  });

  it('cannot be read before anybody has written, and reading makes nothing', async () => {
    await using empty = await open();
    const reader = new PostgresUsageStore(empty.openUnmigrated(usageDatabase));
    const message = 'The database has no table usage.counts: no gateway has written usage there.';
    await expect(reader.read(ALL)).rejects.toThrow(message);
    await expect(reader.read(ALL)).rejects.toThrow(message);
    await new PostgresUsageStore(empty.openUnmigrated(usageDatabase)).write([bucket({ A: 1 })]);
    expect(await reader.read(ALL)).toHaveLength(1);
  });

  it('can be written once the database is there, however often it was not', async () => {
    const database = cluster.openUnmigrated(usageDatabase);
    let isDown = true;
    const usage = new PostgresUsageStore({
      ...database,
      migrate: () => (isDown ? Promise.reject(new Error('down')) : database.migrate()),
    });
    await expect(usage.write([bucket({ A: 1 })])).rejects.toThrow('down');
    isDown = false;
    await usage.write([bucket({ A: 1 })]);
    expect(await usage.read(ALL)).toHaveLength(1);
  });
});
