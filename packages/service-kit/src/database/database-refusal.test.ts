import { expect, test } from 'vitest';
import { databaseRefusal } from './database-refusal.ts';

const coded = (code: unknown, message = 'canary') => Object.assign(new Error(message), { code });

test.each([
  ['what the system says', coded('ECONNREFUSED'), { code: 'ECONNREFUSED', reason: 'nothing listens there' }],
  [
    'what is wrapped',
    new Error('canary', { cause: coded('28P01') }),
    { code: '28P01', reason: expect.stringContaining('role') },
  ],
  ['a code that needs no words here', coded('23505'), { code: '23505' }],
  ['a code that is none', coded(7), { code: 'UNKNOWN' }],
  ['a code that names a property', coded('constructor'), { code: 'constructor' }],
  ['no error', 'canary', { code: 'UNKNOWN' }],
])('a refusal is a code and at most what it means: %s', (_, error, refusal) => {
  expect(databaseRefusal(error)).toEqual(refusal);
});

test('a right that is lacking is what the caller says it is', () => {
  expect(databaseRefusal(coded('42501'), 'CREATE')).toEqual({ code: '42501', reason: 'CREATE' });
  expect(databaseRefusal(coded('28000'), 'CREATE').reason).not.toBe('CREATE');
});
