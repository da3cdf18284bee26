import { expect, test } from 'vitest';
import { errorCatalogue } from './catalogue.ts';
import { CodedError } from './coded-error.ts';

const entries = Object.entries(errorCatalogue);

test.each(entries)('%s is fit for docs/errors.md and for a client', (code, { status, message, advice }) => {
  expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(600);
  for (const text of [message, advice]) {
    expect(text).toMatch(/^[A-Z`].*\.$/s);
    // It stands in a cell of a Markdown table.
    expect(text).not.toMatch(/[|\n]/);
  }
});

test('no two codes say the same', () => {
  const messages = entries.map(([, { message }]) => message);
  expect(new Set(messages).size).toBe(messages.length);
});

test('a coded error has the status and, unless it is given another, the message of its entry', () => {
  expect(new CodedError('NOT_FOUND')).toMatchObject({ status: 404, message: errorCatalogue.NOT_FOUND.message });
  expect(new CodedError('BAD_USER_INPUT', 'limit must be 1.').message).toBe('limit must be 1.');
});
