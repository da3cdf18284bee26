import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/**
 * Below the ports from which systems take the near end of outgoing connections: a process that is started again on its
 * port would otherwise find it taken by somebody's connection.
 */
const RANGE = { from: 15_000, to: 32_000 };

/** `count` different loopback ports that nobody listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  const held: Server[] = [];
  const ports: number[] = [];
  while (ports.length < count) {
    const port = RANGE.from + Math.floor(Math.random() * (RANGE.to - RANGE.from));
    const server = createServer().listen(port, '127.0.0.1');
    const taken = await once(server, 'listening').catch((error: unknown) => error);
    if (taken instanceof Error) continue;
    // Held until the last one is known, so that none is found twice.
    held.push(server);
    ports.push(port);
  }
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
