import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hourOf } from './hour-of.ts';
import type { UsageBucket, UsageTotal } from './usage-bucket.ts';
import { readUsageFile, writeUsageFile } from './usage-file.ts';
import { type UsageStore, UsageUnreadableError, type UsageWindow } from './usage-store.ts';
import { bucketKey, UsageTotals } from './usage-totals.ts';

/** `2026-10-18T13.0b1c2d3e4f50.jsonl`, and the same with `.tmp` while it is written. */
const NAME = /^(\d{4}-\d\d-\d\dT\d\d)\.[0-9a-f]{12}\.jsonl(?<unfinished>\.tmp)?$/;

/**
 * Usage in a folder: a file of JSON lines for each hour and process, so that any number of gateways can share it. A
 * write replaces the hour's file of its process by one that has both; a crash costs what was not written yet, and who
 * reads never sees half a line.
 */
export class FileUsageStore implements UsageStore {
  readonly #folder: string;
  readonly #instance = randomBytes(6).toString('hex');

  constructor(folder: string) {
    this.#folder = folder;
  }

  async write(buckets: readonly UsageBucket[]): Promise<void> {
    const [first] = buckets;
    if (first === undefined) return;
    await mkdir(this.#folder, { recursive: true });
    const path = join(this.#folder, `${first.hour.toISOString().slice(0, 13)}.${this.#instance}.jsonl`);
    await writeUsageFile(path, together(path, first.hour, buckets));
  }

  async read({ since, until }: UsageWindow): Promise<UsageTotal[]> {
    const totals = new UsageTotals();
    const from = hourOf(since);
    for (const { path, hour, isUnfinished } of await this.#files()) {
      if (isUnfinished || hour < from || hour >= until) continue;
      try {
        for await (const bucket of readUsageFile(path, hour)) totals.add(bucket);
      } catch (error) {
        // Pruned since the folder was listed.
        if (codeOf(error) === 'ENOENT') continue;
        throw error instanceof UsageUnreadableError ? error : unreadable(path, error);
      }
    }
    return totals.list();
  }

  async prune(before: Date): Promise<void> {
    const from = hourOf(before);
    for (const { path, hour } of await this.#files()) if (hour < from) await rm(path, { force: true });
  }

  async close(): Promise<void> {}

  async #files(): Promise<{ path: string; hour: Date; isUnfinished: boolean }[]> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      throw unreadable(this.#folder, error);
    });
    return names.flatMap((name) => {
      const match = NAME.exec(name);
      const hour = new Date(`${match?.[1]}:00:00.000Z`);
      const isUnfinished = match?.groups?.unfinished !== undefined;
      return Number.isNaN(hour.getTime()) ? [] : [{ path: join(this.#folder, name), hour, isUnfinished }];
    });
  }
}

/** What this process has written in the hour already, and more; bucket by bucket, as there may be many. */
async function* together(
  path: string,
  hour: Date,
  more: readonly UsageBucket[],
): AsyncGenerator<UsageBucket, void, undefined> {
  const added = new Map(more.map((bucket) => [bucketKey(bucket), bucket]));
  try {
    for await (const bucket of readUsageFile(path, hour)) {
      const key = bucketKey(bucket);
      const coordinates = new Map(bucket.coordinates);
      for (const [coordinate, count] of added.get(key)?.coordinates ?? []) {
        coordinates.set(coordinate, count + (coordinates.get(coordinate) ?? 0));
      }
      added.delete(key);
      yield { ...bucket, coordinates };
    }
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  yield* added.values();
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;

const unreadable = (path: string, error: unknown) =>
  new UsageUnreadableError(`${path} cannot be read (${codeOf(error)}).`, { cause: error });
