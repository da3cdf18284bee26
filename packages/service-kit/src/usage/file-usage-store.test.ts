import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileUsageStore } from './file-usage-store.ts';
import type { UsageBucket } from './usage-bucket.ts';
import { UsageUnreadableError } from './usage-store.ts';

const NOON = new Date('2026-10-18T12:00:00.000Z');
const ALL = { since: new Date(0), until: new Date('2100-01-01') };
const bucket = (coordinates: Record<string, number>): UsageBucket => ({
  ...{ hour: NOON, line: '', client: 'web', version: '', operation: 'Books', document: 'abc' },
  coordinates: new Map(Object.entries(coordinates)),
});

describe('FileUsageStore', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tributary-usage-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const files = () => readdirSync(folder).sort();

  it('has one file for each hour and process, a line for each client and document', async () => {
    const [one, other] = [new FileUsageStore(folder), new FileUsageStore(folder)];
    for (const store of [one, one, other]) await store.write([bucket({ 'Query.books': 1 })]);
    await one.write([{ ...bucket({ A: 1 }), hour: new Date('2026-10-18T13:00:00.000Z') }]);
    expect(files()).toEqual([
      expect.stringMatching(/^2026-10-18T12\.[0-9a-f]{12}\.jsonl$/),
      expect.stringMatching(/^2026-10-18T12\.[0-9a-f]{12}\.jsonl$/),
      expect.stringMatching(/^2026-10-18T13\.[0-9a-f]{12}\.jsonl$/),
    ]);
    const texts = files().map((name) => readFileSync(join(folder, name), 'utf8'));
    expect(texts).toContain(
      '{"line":"","client":"web","version":"","operation":"Books","document":"abc","coordinates":{"Query.books":2}}\n',
    );
  });

  it('never shows a reader half of a write', async () => {
    const writer = new FileUsageStore(folder);
    // More than one chunk of a file.
    const names = Array.from({ length: 5000 }, (_, index) => `SomeType.someField${index}`);
    const large = bucket(Object.fromEntries(names.map((name) => [name, 1])));
    await writer.write([large]);
    let isWriting = true;
    const writing = (async () => {
      for (let count = 0; count < 20; count++) await writer.write([large]);
      isWriting = false;
    })();
    const seen: number[] = [];
    const reader = new FileUsageStore(folder);
    while (isWriting) {
      const totals = await reader.read(ALL);
      expect(totals).toHaveLength(5000);
      const counts = new Set(totals.map(({ count }) => count));
      expect(counts.size).toBe(1);
      seen.push(...counts);
    }
    await writing;
    expect(seen.length).toBeGreaterThan(3);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect((await reader.read(ALL))[0]?.count).toBe(21);
  });

  it('reads past a write that a crash cut off, and past what is not its own', async () => {
    const store = new FileUsageStore(folder);
    await store.write([bucket({ A: 1 })]);
    writeFileSync(join(folder, '2026-10-18T12.0123456789ab.jsonl.tmp'), '{"line":"","cli');
    writeFileSync(join(folder, 'README.md'), 'Usage of our gateways.');
    writeFileSync(join(folder, '9999-99-99T99.0123456789ab.jsonl'), 'no hour');
    expect(await store.read(ALL)).toHaveLength(1);
    await store.prune(new Date('2026-10-18T13:00:00Z'));
    expect(files()).toEqual(['9999-99-99T99.0123456789ab.jsonl', 'README.md']);
  });

  it('leaves the file as it was when it cannot write', async () => {
    const store = new FileUsageStore(folder);
    await store.write([bucket({ A: 1 })]);
    const [name] = files();
    const inTheWay = join(folder, `${name}.tmp`);
    mkdirSync(inTheWay);
    await expect(store.write([bucket({ A: 1 })])).rejects.toThrow('EISDIR');
    rmdirSync(inTheWay);
    expect((await store.read(ALL))[0]?.count).toBe(1);
    await store.write([bucket({ A: 1 })]);
    expect((await store.read(ALL))[0]?.count).toBe(2);
    await expect(new FileUsageStore('/dev/null/usage').write([bucket({ A: 1 })])).rejects.toThrow('ENOTDIR');
  });

  it('says what cannot be read', async () => {
    const path = join(folder, '2026-10-18T12.0123456789ab.jsonl');
    const read = (place: string) => new FileUsageStore(place).read(ALL);
    await expect(read(join(folder, 'nowhere'))).rejects.toThrow(UsageUnreadableError);
    await expect(read(join(folder, 'nowhere'))).rejects.toThrow('nowhere cannot be read (ENOENT).');
    for (const line of ['{', '{"coordinates":{}}', '[]']) {
      writeFileSync(
        path,
        `${JSON.stringify({ ...{ line: '', client: 'a', version: '', operation: '', document: '' }, coordinates: { A: 1 } })}\n${line}\n`,
      );
      await expect(read(folder)).rejects.toThrow(`${path}:2 is no line of usage.`);
    }
  });
});
