import { open, rename, rm } from 'node:fs/promises';
import type { UsageBucket } from './usage-bucket.ts';
import { UsageUnreadableError } from './usage-store.ts';

/** About so many characters are written at once. */
const CHUNK_LENGTH = 64 * 1024;

/**
 * The buckets of one file of one hour: a line of JSON for each.
 *
 * @throws UsageUnreadableError naming the line that is none; Error of the file system
 */
export async function* readUsageFile(path: string, hour: Date): AsyncGenerator<UsageBucket> {
  let number = 0;
  await using file = await open(path);
  for await (const text of file.readLines()) {
    number++;
    const bucket = bucketIn(text, hour);
    if (bucket === undefined) throw new UsageUnreadableError(`${path}:${number} is no line of usage.`);
    yield bucket;
  }
}

/**
 * The old content or the new one is there at any moment.
 *
 * @throws Error of the file system
 */
export async function writeUsageFile(path: string, buckets: AsyncIterable<UsageBucket>): Promise<void> {
  const written = `${path}.tmp`;
  try {
    {
      await using file = await open(written, 'w');
      await file.writeFile(chunksOf(buckets));
      await file.sync();
    }
    await rename(written, path);
  } catch (error) {
    await rm(written, { force: true });
    throw error;
  }
}

async function* chunksOf(buckets: AsyncIterable<UsageBucket>): AsyncGenerator<string> {
  let chunk = '';
  for await (const { hour: _, coordinates, ...who } of buckets) {
    chunk += `${JSON.stringify({ ...who, coordinates: Object.fromEntries(coordinates) })}\n`;
    if (chunk.length < CHUNK_LENGTH) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

/** By hand: a schema takes three times as long, and a gateway reads its file of the hour at each flush. */
function bucketIn(text: string, hour: Date): UsageBucket | undefined {
  const { line, client, version, operation, document, coordinates } = parseObject(text);
  const names = { line, client, version, operation, document };
  if (Object.values(names).some((name) => typeof name !== 'string')) return undefined;
  if (typeof coordinates !== 'object' || coordinates === null) return undefined;
  const counts = new Map<string, number>(Object.entries(coordinates));
  for (const count of counts.values()) if (!Number.isSafeInteger(count) || count < 1) return undefined;
  return { hour, ...(names as Record<keyof typeof names, string>), coordinates: counts };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return { ...JSON.parse(text) };
  } catch {
    return {};
  }
}
