import { expect, test } from 'vitest';
import { createLogger } from '../log/logger.ts';
import { waitForDatabase } from './wait-for-database.ts';

/** A database that refuses so many times, and what is logged meanwhile. */
function refusing(times: number, code: string) {
  const logged: Record<string, unknown>[] = [];
  const log = createLogger({ service: 'notes', destination: { write: (line) => logged.push(JSON.parse(line)) } });
  const database = {
    attempts: 0,
    async ping() {
      if (++this.attempts <= times) throw Object.assign(new Error('canary'), { code });
    },
  };
  return { database, log, logged };
}

test('a database is tried again each second, and waited for with one line', async () => {
  const { database, log, logged } = refusing(2, '57P03');
  const startedMs = performance.now();
  await waitForDatabase(database, 60_000, log);
  expect(performance.now() - startedMs).toBeGreaterThan(1990);
  expect(database.attempts).toBe(3);
  expect(logged).toEqual([
    expect.objectContaining({ message: 'waiting for the database', code: '57P03', reason: 'it is starting up' }),
  ]);
});

test('one that is there is not spoken of', async () => {
  const { database, log, logged } = refusing(0, '');
  await waitForDatabase(database, 0, log);
  expect(logged).toEqual([]);
});

test('the last refusal is thrown when the time is over', async () => {
  const { database, log } = refusing(Number.POSITIVE_INFINITY, '3D000');
  await expect(waitForDatabase(database, 1500, log)).rejects.toMatchObject({ code: '3D000' });
  expect(database.attempts).toBe(2);
});
