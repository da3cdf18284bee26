import { expect, test } from 'vitest';
import { domainErrorCode } from './domain-error.ts';

test.each([
  ['EmptyCartError', 'EMPTY_CART'],
  ['NotFoundError', 'NOT_FOUND'],
  ['InvalidInputError', 'INVALID_INPUT'],
  ['ErrorBudgetError', 'ERROR_BUDGET'],
  ['Over18Error', 'OVER18'],
  ['SKUNotFoundError', 'SKU_NOT_FOUND'],
  ['InvalidSKUError', 'INVALID_SKU'],
])('the code of %s is %s', (typename, code) => expect(domainErrorCode(typename)).toBe(code));
