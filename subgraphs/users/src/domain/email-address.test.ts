import { expect, it } from 'vitest';
import { foldEmail, isEmailAddress } from './email-address.ts';

it.each([
  'ada@example.com',
  'Ada.Lovelace+shop@mail.example.co.uk',
  "o'neill@example.museum",
  'x@xn--bcher-kva.xn--p1ai',
  `${'a'.repeat(64)}@example.com`,
])('%s is an e-mail address', (text) => {
  expect(isEmailAddress(text)).toBe(true);
});

it.each([
  '',
  'ada',
  '@example.com',
  'ada@',
  'ada@localhost',
  'ada@example..com',
  '.ada@example.com',
  'ada.@example.com',
  'ada@-example.com',
  'ada@example.c',
  'ada@127.0.0.1',
  'ada lovelace@example.com',
  'ada@example.com, eve@example.com',
  'ada@example.com\nBcc: eve@example.com',
  'ada@example.com\0',
  `${'a'.repeat(65)}@example.com`,
  `ada@${'a.'.repeat(130)}com`,
])('%j is none', (text) => {
  expect(isEmailAddress(text)).toBe(false);
});

it('is one address in all its spellings', () => {
  expect(foldEmail(' Ada@Example.COM ')).toBe('ada@example.com');
});
