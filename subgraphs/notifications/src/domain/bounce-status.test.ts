import { expect, it } from 'vitest';
import { isAboutAddress, isRefusedAddress } from './bounce-status.ts';

it.each([
  ['5.1.1', true],
  ['5.1.2', true],
  ['5.1.3', true],
  ['5.1.6', true],
  ['5.1.10', true],
  ['5.2.1', true],
  ['5.1.0', false],
  ['5.1.7', false],
  ['5.1.8', false],
  ['5.1.11', false],
  ['5.2.2', false],
  ['5.7.1', false],
  ['5.0.0', false],
  ['4.1.1', false],
  ['15.1.1', false],
])('the status %s is about the address: %s', (status, expected) => expect(isAboutAddress(status)).toBe(expected));

it.each([
  ['550 5.1.1 no such user', true],
  ['550-5.1.1 The email account does not exist', true],
  ['550 no such user', true],
  ['551 not here', true],
  ['553 5.1.3 not an address', true],
  ['553 not an address', true],
  ['550 5.7.1 blocked', false],
  ['552 5.2.2 full', false],
  ['552 full', false],
  ['554 no', false],
  ['554 5.1.1 no such user', true],
])('the reply "%s" refuses the address: %s', (response, expected) => {
  expect(isRefusedAddress({ responseCode: Number(response.slice(0, 3)), response })).toBe(expected);
});
