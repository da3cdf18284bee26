import { DrizzleQueryError } from 'drizzle-orm/errors';
import { expect, test } from 'vitest';
import { CodedError } from './coded-error.ts';
import { codedErrorOf } from './coded-error-of.ts';

const coded = new CodedError('SERVICE_UNAVAILABLE');

test.each<[string, unknown, CodedError | undefined]>([
  ['one itself', coded, coded],
  ['what a statement failed with', new DrizzleQueryError('select 1', [], coded), coded],
  ['a statement that failed otherwise', new DrizzleQueryError('select 1', [], new Error('gone')), undefined],
  ['an error that has one as a cause: it may mean something else', new Error('other', { cause: coded }), undefined],
  ['no error', undefined, undefined],
])('%s', (_, error, expected) => {
  expect(codedErrorOf(error)).toBe(expected);
});
