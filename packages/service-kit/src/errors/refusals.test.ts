import { expect, test } from 'vitest';
import { invalidInput } from './invalid-input.ts';
import { notFound } from './not-found.ts';

test('invalid input names the field', () =>
  expect(invalidInput('images.0.url', 'There is no such image.')).toMatchObject({
    typename: 'InvalidInputError',
    code: 'INVALID_INPUT',
    message: 'There is no such image.',
    fields: { field: 'images.0.url' },
  }));

test('what is not found is named by its kind', () =>
  expect(notFound('order')).toMatchObject({ code: 'NOT_FOUND', message: 'There is no such order.' }));
