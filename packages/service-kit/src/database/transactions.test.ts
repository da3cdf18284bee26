import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../http/new-id.ts';
import { createServiceClient } from '../http/service-client.ts';
import { createServiceIdentityIssuer, generateServiceKeyPair } from '../identity/service-identity.ts';
import { notes, notesFolder } from '../testing/notes/notes.ts';
import { eachEngine, type TestDatabase } from '../testing/test-database.ts';
import { afterCommit, type Database, type Db, refuseInsideTransaction } from './database.ts';

const note = (text: string) => ({ id: newId(), text });
const inside = 'inside a database transaction: only its own tx may be awaited there';

eachEngine('a transaction', (open) => {
  let cluster: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    cluster = await open();
    database = await cluster.open('notes', notesFolder);
  });
  beforeEach(() => database.db.delete(notes).then(() => {}));
  afterAll(() => cluster.close());

  const texts = async (db: Db = database.db) => (await db.select().from(notes)).map(({ text }) => text).sort();

  test('commits what it did, and gives its result', async () => {
    const result = await database.transaction(async (tx) => {
      await tx.insert(notes).values(note('a'));
      expect(await texts(tx)).toEqual(['a']);
      return 7;
    });
    expect(result).toBe(7);
    expect(await texts()).toEqual(['a']);
  });

  test('rolls back when it throws, with the error that was thrown', async () => {
    const error = new Error('refused');
    const work = database.transaction(async (tx) => {
      await tx.insert(notes).values(note('a'));
      throw error;
    });
    await expect(work).rejects.toBe(error);
    expect(await texts()).toEqual([]);
  });

  test('rolls back when a statement fails, and the database stays usable', async () => {
    const work = database.transaction(async (tx) => {
      await tx.insert(notes).values(note('a'));
      await tx.insert(notes).values(note('a'));
    });
    await expect(work).rejects.toMatchObject({ cause: { code: '23505' } });
    expect(await texts()).toEqual([]);
  });

  describe('refuses what would wait for something else', () => {
    let client: ReturnType<typeof createServiceClient>;
    beforeAll(async () => {
      const keys = await generateServiceKeyPair('notes');
      const issuer = await createServiceIdentityIssuer('notes', keys.privateKey);
      client = createServiceClient({ service: 'notes', issuer, target: 'users', url: 'http://127.0.0.1:9' });
    });

    test.each<[string, () => Promise<unknown>]>([
      ['a query outside of it', async () => database.db.select().from(notes)],
      ['raw SQL outside of it', async () => database.db.execute(sql`select 1`)],
      ['a nested transaction', () => database.transaction(async () => {})],
      ['a ping', () => database.ping()],
      ['a request to another service', () => client('{ me { id } }', {})],
      ['whatever says that it waits', async () => refuseInsideTransaction('Sending')],
      ['a query after other work', () => delay(1).then(() => texts())],
    ])('%s', async (_, action) => {
      const work = database.transaction(async (tx) => {
        await tx.insert(notes).values(note('a'));
        await action();
      });
      const error = await work.then(
        () => undefined,
        (thrown) => thrown,
      );
      expect(`${error?.message} ${error?.cause?.message}`).toContain(inside);
      expect(await texts()).toEqual([]);
    });

    test('and lets it happen before and after', async () => {
      await texts();
      await database.transaction(async (tx) => tx.insert(notes).values(note('a')));
      expect(await texts()).toEqual(['a']);
    });
  });

  describe('after it committed', () => {
    test('each action is called, once, outside of it', async () => {
      const seen: string[] = [];
      const action = () => {
        refuseInsideTransaction('This');
        seen.push('action');
      };
      await database.transaction(async (tx) => {
        afterCommit(action);
        await tx.insert(notes).values(note('a'));
        afterCommit(action);
        afterCommit(() => seen.push('other'));
        expect(seen).toEqual([]);
      });
      expect(seen).toEqual(['action', 'other']);
    });

    test('and not when it was rolled back', async () => {
      let called = false;
      const work = database.transaction(async () => {
        afterCommit(() => {
          called = true;
        });
        throw new Error('x');
      });
      await expect(work).rejects.toThrow('x');
      expect(called).toBe(false);
    });

    test('there is nothing to wait for outside of one', () => {
      expect(() => afterCommit(() => {})).toThrow('outside a database transaction');
    });
  });

  test('statements are told to listeners, without their parameters, until they stop listening', async () => {
    const heard: { service: string; sql: string }[] = [];
    const stop = database.onStatement((statement) => heard.push(statement));
    await database.transaction(async (tx) => tx.insert(notes).values(note('canary')));
    stop();
    await texts();
    expect(heard.map(({ sql: text }) => text.split(' ')[0])).toContain('insert');
    expect(heard[0]?.service).toBe('notes');
    expect(JSON.stringify(heard)).not.toMatch(/canary|select/);
  });

  test('migrating again changes nothing', async () => {
    await database.db.insert(notes).values(note('a'));
    await database.migrate();
    expect(await texts()).toEqual(['a']);
  });
});
