import type { IncomingMessage } from 'node:http';
import { type BlockList, isIP, isIPv4 } from 'node:net';

/**
 * Where a request comes from: an address without brackets, port or zone, IPv4 in dotted form; undefined where nobody who is
 * believed says it. It is personal data: to be compared, and never logged, traced or handed on.
 */
export type ClientAddress = (request: Pick<IncomingMessage, 'headers' | 'socket'>) => string | undefined;

/**
 * The address that opened the connection or, where that is a trusted proxy, the rightmost one of `x-forwarded-for` that
 * is none: each proxy appends whom it was asked by, so that everything further to the left may be invented.
 *
 * @param trusted the proxies
 * @param hops how many there are at most
 */
export function clientAddress(trusted: BlockList, hops: number): ClientAddress {
  const isTrusted = (address: string) => trusted.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
  if (trusted.rules.length === 0) return ({ socket }) => plainAddress(socket.remoteAddress ?? '');
  return ({ socket, headers }) => {
    const peer = plainAddress(socket.remoteAddress ?? '');
    if (peer === undefined || !isTrusted(peer)) return peer;
    const header = headers['x-forwarded-for'];
    let rest = Array.isArray(header) ? header.join() : (header ?? '');
    for (let hop = 0; hop < hops && rest !== ''; hop++) {
      const comma = rest.lastIndexOf(',');
      const address = plainAddress(rest.slice(comma + 1).trim());
      if (address === undefined || !isTrusted(address)) return address;
      rest = comma < 0 ? '' : rest.slice(0, comma);
    }
    return undefined;
  };
}

const MAPPED = /^::ffff:(?=\d+\.)/i;
const WITH_PORT = /^(?:\[([^\]]+)\](?::\d+)?|([\d.]+):\d+)$/;

function plainAddress(text: string): string | undefined {
  // By far the most.
  if (isIPv4(text)) return text;
  const [, bracketed, dotted] = WITH_PORT.exec(text) ?? [];
  const [withoutZone = ''] = (bracketed ?? dotted ?? text).split('%', 1);
  const address = withoutZone.replace(MAPPED, '');
  return isIP(address) === 0 ? undefined : address;
}

export const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

/** What counts as one place: an IPv4 address, or an IPv6 network of 64 bits, of which a client has all addresses. */
export function placeOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const first = head === '' ? [] : head.split(':');
  // An IPv4 address at the end stands for two groups, and is never among the first four where those are written out.
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const inLast = last.length + (last.at(-1)?.includes('.') === true ? 1 : 0);
  const zeros = tail === undefined ? 0 : 8 - first.length - inLast;
  const groups = [...first, ...Array.from({ length: zeros }, () => '0'), ...last];
  const network = groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${network.join(':')}::/64`;
}
