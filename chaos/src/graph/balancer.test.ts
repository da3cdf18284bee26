import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { freePorts } from '../../../scripts/testing/free-ports.ts';
import { startBalancer } from './balancer.ts';

async function startNamed(name: string): Promise<Server> {
  const server = createServer((socket) => socket.end(name)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

it('leads to each process in turn, and past one that does not listen', async () => {
  const [one, two] = [await startNamed('one'), await startNamed('two')];
  const [port = 0, nobody = 0] = await freePorts(2);
  const balancer = await startBalancer(port, [portOf(one), nobody, portOf(two)]);
  const ask = () => text(connect(port, '127.0.0.1'));
  const answers = [await ask(), await ask(), await ask(), await ask()];
  expect(new Set(answers)).toEqual(new Set(['one', 'two']));
  one.close();
  two.close();
  expect(await ask().catch(() => '')).toBe('');
  balancer.close();
});
