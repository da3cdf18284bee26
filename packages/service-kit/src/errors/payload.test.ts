import { describe, expect, test } from 'vitest';
import { CodedError } from './coded-error.ts';
import { DomainError } from './domain-error.ts';
import { payload } from './payload.ts';

describe('payload', () => {
  test('of work that was done holds its result and no errors', async () => {
    expect(await payload(async () => ({ note: 1 }))).toEqual({ note: 1, errors: [] });
  });

  test('of work that the domain refused holds the refusal as the schema describes it, and nothing else', async () => {
    const refused = payload(async (): Promise<{ note: number }> => {
      throw new DomainError('OutOfStockError', 'There are only 2.', { available: 2 });
    });
    expect(await refused).toEqual({
      errors: [{ __typename: 'OutOfStockError', code: 'OUT_OF_STOCK', message: 'There are only 2.', available: 2 }],
    });
  });

  test('further fields of a refusal do not replace its type, code and message', async () => {
    const fields = { __typename: 'X', code: 'X', message: 'X' };
    const refused = await payload(async (): Promise<object> => {
      throw new DomainError('EmptyCartError', 'Empty.', fields);
    });
    expect(refused.errors[0]).toEqual({ __typename: 'EmptyCartError', code: 'EMPTY_CART', message: 'Empty.' });
  });

  test.each([new CodedError('FORBIDDEN'), new TypeError('bug'), 'a string'])('%s stays an error', async (thrown) => {
    const work = payload(async () => {
      throw thrown;
    });
    await expect(work).rejects.toBe(thrown);
  });
});
