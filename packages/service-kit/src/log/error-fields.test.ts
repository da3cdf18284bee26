import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Database } from '../database/database.ts';
import { CodedError } from '../errors/coded-error.ts';
import { DomainError } from '../errors/domain-error.ts';
import { SdlImportError } from '../sdl/sdl-import-error.ts';
import { notes, notesFolder } from '../testing/notes/notes.ts';
import { eachEngine, type TestDatabase } from '../testing/test-database.ts';
import { errorFields } from './error-fields.ts';
import { createLogger } from './logger.ts';

const thrownBy = async (work: () => unknown): Promise<unknown> => {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
};

eachEngine('an error of the database', (open) => {
  let cluster: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    cluster = await open();
    database = await cluster.open('notes', notesFolder);
  });
  afterAll(() => cluster.close());

  const canary = "canary\n    at canary's home (file:///canary.ts:1:1)";
  const twice = async () => {
    const row = { id: '01930000-0000-7000-8000-000000000001', text: canary };
    await database.db.insert(notes).values(row);
    await database.db.insert(notes).values(row);
  };
  const failures: [string, string, () => Promise<unknown>][] = [
    ['a unique violation', '23505 notes_pkey', twice],
    ['a value of the wrong form', '22P02', () => database.db.execute(sql`select ${canary}::uuid`)],
    ['a syntax error', '42601', () => database.db.execute(sql.raw(`selec '${canary.replaceAll("'", "''")}'`))],
    [
      'one in a transaction',
      '23505 notes_pkey',
      () =>
        database.transaction(async (tx) =>
          tx.insert(notes).values({ id: '01930000-0000-7000-8000-000000000001', text: canary }),
        ),
    ],
  ];

  test.each(failures)('%s is told by its code, without SQL and parameters', async (_, code, work) => {
    const error = await thrownBy(work);
    expect(String(error) + String((error as Error).stack)).toContain('canary');
    const fields = errorFields(error);
    expect(fields.cause?.code ?? fields.code).toBe(code);
    expect(JSON.stringify(fields)).not.toMatch(/canary|select|insert|params/i);
    expect(fields.stack?.length).toBeGreaterThan(0);
  });

  test('none of the ways to log it writes more', async () => {
    const error = await thrownBy(() => database.db.execute(sql`select ${canary}::uuid`));
    const lines: string[] = [];
    const log = createLogger({ service: 'test', level: 'trace', destination: { write: (line) => lines.push(line) } });
    log.error({ err: error }, 'failed');
    log.error({ err: error });
    log.error(error);
    log.warn(error, 'failed');
    log.child({ request_id: 'r' }).error({ err: new Error('outer', { cause: error }) });
    expect(lines).toHaveLength(5);
    for (const line of lines) {
      expect(line).not.toMatch(/canary|select|params/);
      expect(JSON.parse(line).message).toMatch(/failed|error/);
    }
  });
});

describe('errorFields', () => {
  test('keeps the message of our own errors and of the runtime', () => {
    expect(errorFields(new CodedError('NOT_FOUND'))).toMatchObject({ type: 'CodedError', code: 'NOT_FOUND' });
    expect(errorFields(new CodedError('NOT_FOUND')).message).toBeDefined();
    expect(errorFields(new DomainError('EmptyCartError', 'Empty.')).message).toBe('Empty.');
    const place = { path: 'a.graphql', line: 1 };
    expect(errorFields(new SdlImportError('IMPORT_NOT_FOUND', place, 'It is not there.'))).toMatchObject({
      ...{ type: 'SdlImportError', code: 'IMPORT_NOT_FOUND', message: 'It is not there.' },
    });
    expect(errorFields(new TypeError('x is not a function')).message).toBe('x is not a function');
  });

  test.each([
    ['a parser of JSON', () => JSON.parse('canary')],
    ['a schema', () => z.strictObject({}).parse({ canary: 1 })],
  ])('keeps no message that comes from %s', async (_, work) => {
    expect(JSON.stringify(errorFields(await thrownBy(work)))).not.toContain('canary');
  });

  test('follows causes, but not in a circle', () => {
    const error = new Error('outer', { cause: new Error('inner') });
    expect(errorFields(error).cause?.message).toBe('inner');
    const circle = new Error('circle');
    circle.cause = circle;
    expect(JSON.stringify(errorFields(circle)).length).toBeLessThan(20_000);
  });

  test('takes a stack whose message was changed for a text that may hold anything', () => {
    const error = new Error('canary\n at canary (x.ts:1:1)');
    error.message = 'harmless';
    expect(JSON.stringify(errorFields(error))).not.toContain('canary');
  });

  test.each([['canary'], [{ canary: 1 }], [undefined], [null]])('tells only the type of %j', (thrown) => {
    expect(errorFields(thrown)).toEqual({ type: typeof thrown });
  });
});
