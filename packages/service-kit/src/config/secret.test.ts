import { format, inspect } from 'node:util';
import { expect, test } from 'vitest';
import { longSecret, Secret, secret } from './secret.ts';

const value = new Secret('hunter2');

test('reveal is the only way to the value', () => {
  expect(value.reveal()).toBe('hunter2');
  const printed = [
    String(value),
    `${value}`,
    `${value as unknown as string}`.concat(''),
    JSON.stringify({ value }),
    inspect(value),
    inspect({ deep: { value } }, { depth: 5, showHidden: true, getters: true }),
    format('%s %o %j', value, value, value),
    JSON.stringify(Object.entries(value)),
    JSON.stringify({ ...value }),
    JSON.stringify(structuredClone({ ...value })),
  ];
  for (const text of printed) expect(text).not.toContain('hunter2');
});

test('a secret that is empty or no text is refused, without being quoted', () => {
  expect(secret().safeParse('').success).toBe(false);
  expect(JSON.stringify(secret().safeParse(4711).error)).not.toContain('4711');
});

test('one that keys are made of has 32 characters or more', () => {
  expect(longSecret().safeParse('x'.repeat(31)).success).toBe(false);
  expect(longSecret().parse('x'.repeat(32)).reveal()).toHaveLength(32);
});
