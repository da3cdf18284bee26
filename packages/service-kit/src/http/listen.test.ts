import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { ConfigError } from '../config/load-config.ts';
import { listen } from './listen.ts';

test('a port that another program has, and an address that is not here, are said to be so', async () => {
  const other = createServer();
  await once(other.listen(0, '127.0.0.1'), 'listening');
  const { port } = other.address() as AddressInfo;
  await expect(listen(Fastify(), { host: '127.0.0.1', port })).rejects.toThrow(
    new ConfigError(`Cannot listen on 127.0.0.1:${port}: another program does.`),
  );
  await expect(listen(Fastify(), { host: '192.0.2.1', port: 0 })).rejects.toThrow(
    new ConfigError('Cannot listen on 192.0.2.1:0: this machine has no such address.'),
  );
  other.close();
});
