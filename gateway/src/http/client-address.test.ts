import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { blockListOf } from '../config/server-config.ts';
import { clientAddress, isLoopback, placeOf } from './client-address.ts';

const requestFrom = (remoteAddress: string, forwarded?: string) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;

describe('clientAddress', () => {
  const alone = clientAddress(blockListOf([]), 10);
  const proxied = clientAddress(blockListOf(['10.0.0.0/8', '192.0.2.7', 'fd00::/8']), 10);

  it.each([
    ['203.0.113.9', undefined, '203.0.113.9'],
    ['::ffff:203.0.113.9', undefined, '203.0.113.9'],
    // Anybody can send the header.
    ['203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['10.1.1.1', '198.51.100.1', '10.1.1.1'],
  ])('without proxies is the peer: %s that says %s', (peer, forwarded, expected) => {
    expect(alone(requestFrom(peer, forwarded))).toBe(expected);
  });

  it.each([
    ['the peer that is no proxy', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['whom the proxy names', '10.1.1.1', '198.51.100.1', '198.51.100.1'],
    [
      'the last of those that are none, whatever is said before',
      '10.1.1.1',
      '1.1.1.1, 198.51.100.1, 10.9.9.9',
      '198.51.100.1',
    ],
    ['one behind an IPv6 proxy', 'fd00::1', '2001:db8::5, 192.0.2.7', '2001:db8::5'],
    ['one with a port', '10.1.1.1', '198.51.100.1:4711', '198.51.100.1'],
    ['one in brackets', '10.1.1.1', '[2001:db8::5]:443', '2001:db8::5'],
    ['nobody where a proxy asks for itself', '10.1.1.1', undefined, undefined],
    ['nobody where there are proxies only', '10.1.1.1', '10.2.2.2, 10.3.3.3', undefined],
    ['nobody where it is no address', '10.1.1.1', '198.51.100.1, unknown', undefined],
  ])('is %s', (_what, peer, forwarded, expected) => {
    expect(proxied(requestFrom(peer, forwarded))).toBe(expected);
  });

  it('reads no further than there are proxies', () => {
    const oneHop = clientAddress(blockListOf(['10.0.0.0/8']), 1);
    expect(oneHop(requestFrom('10.1.1.1', '198.51.100.1, 10.2.2.2'))).toBeUndefined();
    expect(oneHop(requestFrom('10.1.1.1', '10.2.2.2, 198.51.100.1'))).toBe('198.51.100.1');
  });
});

describe('placeOf', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['2001:db8:1::2:3:4:5', '2001:db8:1:0::/64'],
    ['2001:db8:1:2:3:4:192.0.2.1', '2001:db8:1:2::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
  ])('%s is in %s', (address, place) => {
    expect(placeOf(address)).toBe(place);
  });
});

it.each([
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['::1', true],
  ['128.0.0.1', false],
])('isLoopback(%s) is %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});
