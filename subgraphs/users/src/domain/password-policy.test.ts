import { DomainError } from '@tributary/service-kit';
import { expect, it } from 'vitest';
import { refuseWeakPassword } from './password-policy.ts';

const failed = (password: string): unknown => {
  try {
    refuseWeakPassword(password, ['ada.lovelace@example.com', 'Ada Lovelace']);
    return undefined;
  } catch (error) {
    return error instanceof DomainError ? error.fields.requirement : error;
  }
};

it.each([
  ['', 'LENGTH'],
  ['elevenchars', 'LENGTH'],
  ['😀'.repeat(11), 'LENGTH'],
  ['x'.repeat(257), 'LENGTH'],
  ['abababababababab', 'NOT_COMMON'],
  ['123456789012', 'NOT_COMMON'],
  ['Password2026!', 'NOT_COMMON'],
  ['qwertyuiop[]12', 'NOT_COMMON'],
  ['Willkommen!!1', 'NOT_COMMON'],
  ['AdaLovelace1815', 'NOT_PERSONAL'],
  ['lovelace@example', 'NOT_PERSONAL'],
  ['correct horse battery staple', undefined],
  ['tributary-demo-1', undefined],
  ['пароль-непростой', undefined],
  ['lovelace writes programs', undefined],
])('the password %j fails %s', (password, requirement) => {
  expect(failed(password)).toBe(requirement);
});
