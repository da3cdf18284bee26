import { describe, expect, it } from 'vitest';
import { labelSelector, selects } from './label-selector.ts';

const labels = { app: 'users', tier: 'back' };

describe('selects', () => {
  it.each<[string, object, boolean]>([
    ['an empty selector matches all', {}, true],
    ['every matchLabels pair must be there', { matchLabels: { app: 'users', tier: 'back' } }, true],
    ['a pair with another value fails', { matchLabels: { app: 'users', tier: 'front' } }, false],
    ['a pair without the key fails', { matchLabels: { zone: 'a' } }, false],
    [
      'In: one of the values',
      { matchExpressions: [{ key: 'app', operator: 'In', values: ['orders', 'users'] }] },
      true,
    ],
    ['In: none of the values', { matchExpressions: [{ key: 'app', operator: 'In', values: ['orders'] }] }, false],
    ['In: a missing key', { matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] }, false],
    ['NotIn: one of the values', { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['users'] }] }, false],
    ['NotIn: a missing key', { matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a'] }] }, true],
    ['Exists', { matchExpressions: [{ key: 'app', operator: 'Exists' }] }, true],
    ['Exists: a missing key', { matchExpressions: [{ key: 'zone', operator: 'Exists' }] }, false],
    ['DoesNotExist', { matchExpressions: [{ key: 'zone', operator: 'DoesNotExist' }] }, true],
    ['DoesNotExist: a key', { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, false],
    [
      'all requirements are ANDed',
      { matchLabels: { app: 'users' }, matchExpressions: [{ key: 'tier', operator: 'In', values: ['front'] }] },
      false,
    ],
  ])('%s', (_, selector, expected) => {
    expect(selects(labelSelector(selector, 'selector'), labels)).toBe(expected);
  });

  it.each([
    { key: 'app', operator: 'In' },
    { key: 'app', operator: 'Exists', values: ['users'] },
  ])('refuses values that do not fit the operator: $operator', (requirement) => {
    expect(() => selects(labelSelector({ matchExpressions: [requirement] }, 'selector'), labels)).toThrow('values');
  });
});
