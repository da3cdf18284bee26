import { BlockList, isIP } from 'node:net';
import { ShapeError } from './shape.ts';

interface Cidr {
  readonly address: string;
  readonly bits: number;
  readonly family: 'ipv4' | 'ipv6';
  readonly block: BlockList;
}

const familyOf = (address: string, what: string): 'ipv4' | 'ipv6' => {
  const version = isIP(address);
  if (version === 0) throw new ShapeError(`${what} is not an IP address`);
  return version === 4 ? 'ipv4' : 'ipv6';
};

const parsed = new Map<string, Cidr>();

function parse(cidr: string): Cidr {
  const known = parsed.get(cidr);
  if (known) return known;
  const [, address = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(cidr) ?? [];
  const family = familyOf(address, `"${cidr}": what stands before the prefix length`);
  const bits = Number(length);
  if (bits > (family === 'ipv4' ? 32 : 128)) throw new ShapeError(`"${cidr}": the prefix length is too large`);
  const block = new BlockList();
  block.addSubnet(address, bits, family);
  const made = { address, bits, family, block };
  parsed.set(cidr, made);
  return made;
}

/** Whether an IPv4 or IPv6 address is in a CIDR block. An address of the other family never is. */
export function cidrContains(cidr: string, address: string): boolean {
  const { block, family } = parse(cidr);
  // BlockList would find an IPv4-mapped IPv6 address in an IPv4 block.
  return familyOf(address, `"${address}"`) === family && block.check(address, family);
}

/** Whether all of one CIDR block is inside another. */
export function cidrIncludes(outer: string, inner: string): boolean {
  const { address, bits } = parse(inner);
  return bits >= parse(outer).bits && cidrContains(outer, address);
}
