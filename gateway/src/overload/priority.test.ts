import { describe, expect, it } from 'vitest';
import { beginsWithMutation, priorityOf } from './priority.ts';

describe('beginsWithMutation', () => {
  it.each([
    'mutation { a }',
    'mutation($a: Int) { a }',
    '\uFEFF \n,, mutation M { a }',
    '# query { a }\r\n  # {\nmutation { a }',
  ])('is true of %j', (query) => {
    expect(beginsWithMutation(query)).toBe(true);
  });

  it.each([
    '',
    '{ mutation }',
    'query mutation { a }',
    '# mutation { a }\n{ a }',
    '# mutation { a }',
    'mutations { a }',
  ])('is false of %j', (query) => {
    expect(beginsWithMutation(query)).toBe(false);
  });

  it('takes no time for comments without end', () => {
    const startedMs = performance.now();
    expect(beginsWithMutation('#, '.repeat(80_000))).toBe(false);
    expect(beginsWithMutation('#, \n,'.repeat(40_000))).toBe(false);
    expect(performance.now() - startedMs).toBeLessThan(1000);
  });
});

it('mutations and known documents come before whoever is signed in, and all others', () => {
  const anybody = { isMutation: false, isKnownDocument: false, isSignedIn: false };
  expect([
    priorityOf({ ...anybody, isMutation: true }),
    priorityOf({ ...anybody, isKnownDocument: true }),
    priorityOf({ ...anybody, isSignedIn: true }),
    priorityOf(anybody),
  ]).toEqual(['high', 'high', 'normal', 'low']);
});
