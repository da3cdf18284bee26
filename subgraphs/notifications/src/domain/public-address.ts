import { BlockList, isIP } from 'node:net';

/** Of 2000::/3, which is all of IPv6 that is global unicast: what leads elsewhere or to an IPv4 address (RFC 6890). */
const SPECIAL_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];
const NOT_GLOBAL_IPV6 = ['::/3', '4000::/2', '8000::/1'];
const SPECIAL_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];

const refused = {
  ipv4: blockList('ipv4', SPECIAL_IPV4),
  ipv6: blockList('ipv6', [...NOT_GLOBAL_IPV6, ...SPECIAL_IPV6]),
};

function blockList(family: 'ipv4' | 'ipv6', subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = '', prefix] = subnet.split('/');
    list.addSubnet(network, Number(prefix), family);
  }
  return list;
}

/** Whether an IP address is one of the open internet: not this machine's, not of a private network, not reserved. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 0) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  return !refused[family].check(address, family);
}
