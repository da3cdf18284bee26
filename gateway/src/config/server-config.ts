import { BlockList, isIP } from 'node:net';
import { serviceConfig } from '@tributary/service-kit';
import { z } from 'zod';

const EXPECTED = 'expected an address or a network such as 10.0.0.0/8 or fd00::/8';

const network = () =>
  z.string().refine((text) => {
    const [address = '', prefix, ...rest] = text.split('/');
    const version = isIP(address);
    const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
    return version !== 0 && isPrefix && rest.length === 0;
  }, EXPECTED);

/** The public port of the gateway: what every service can be told, and who is believed about clients' addresses. */
export const serverConfig = serviceConfig.shape.server
  .unwrap()
  .extend({
    /**
     * Addresses of the proxies before this gateway. Only they are believed what `x-forwarded-for` says; without any, a
     * client is who has opened the connection.
     */
    trustedProxies: z.array(network()).default([]),
    /**
     * How many proxies there are at most, one behind the other: so many addresses of `x-forwarded-for` are read, from the
     * right. To be set where `trustedProxies` are networks in which clients may be, too.
     */
    trustedHops: z.int().min(1).default(10),
  })
  .prefault({});

/** @param networks as `server.trustedProxies` has them */
export function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of networks) {
    const [address = '', prefix] = text.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    list.addSubnet(address, prefix === undefined ? (family === 'ipv4' ? 32 : 128) : Number(prefix), family);
  }
  return list;
}
