import { describe, expect, it } from 'vitest';
import { cidrContains, cidrIncludes } from './cidr.ts';

describe('cidrContains', () => {
  it.each<[string, string, boolean]>([
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['172.16.0.0/12', '172.31.255.255', true],
    ['172.16.0.0/12', '172.32.0.0', false],
    ['192.168.1.7/24', '192.168.1.200', true],
    ['192.168.1.7/32', '192.168.1.7', true],
    ['192.168.1.7/32', '192.168.1.8', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['0.0.0.0/0', '::ffff:10.0.0.1', false],
    ['::/0', '2001:db8::1', true],
    ['::/0', '203.0.113.9', false],
    ['2001:db8::/33', '2001:db8:7fff::1', true],
    ['2001:db8::/33', '2001:db8:8000::1', false],
    ['fd00::/8', 'fdff:1::1', true],
    ['fe80::1/128', 'fe80:0:0:0:0:0:0:1', true],
  ])('%s and %s: %s', (cidr, address, expected) => {
    expect(cidrContains(cidr, address)).toBe(expected);
  });

  it.each(['10.0.0.0', '10.0.0.0/33', '10.0.0/8', '::/129', 'fd00::/-1', 'example.org/8'])('refuses %s', (cidr) => {
    expect(() => cidrContains(cidr, '10.0.0.1')).toThrow(cidr);
  });

  it('refuses an address that is none', () => {
    expect(() => cidrContains('10.0.0.0/8', '10.0.0.256')).toThrow('10.0.0.256');
  });
});

describe('cidrIncludes', () => {
  it.each<[string, string, boolean]>([
    ['10.0.0.0/8', '10.1.0.0/16', true],
    ['10.0.0.0/8', '10.0.0.0/8', true],
    ['10.0.0.0/8', '10.0.0.0/7', false],
    ['10.0.0.0/8', '11.1.0.0/16', false],
    ['0.0.0.0/0', 'fd00::/8', false],
  ])('%s and %s: %s', (outer, inner, expected) => {
    expect(cidrIncludes(outer, inner)).toBe(expected);
  });
});
