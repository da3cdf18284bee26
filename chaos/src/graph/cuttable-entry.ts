import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A port that leads to one server, and whose connections can be lost as a network loses them. */
export interface CuttableEntry {
  /** Resets all connections that lead through to the server. False when there is none. */
  cut(): boolean;
  close(): void;
}

export async function startCuttableEntry(port: number, serverPort: number): Promise<CuttableEntry> {
  const open = new Set<Socket>();
  /** Those of `open` that have reached the server. */
  const joined = new Set<Socket>();
  const listener = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1');
    open.add(client);
    server.once('connect', () => {
      if (client.destroyed) return;
      joined.add(client);
      client.pipe(server).pipe(client);
    });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => one.destroy());
      one.once('close', () => other.destroy());
    }
    client.once('close', () => {
      open.delete(client);
      joined.delete(client);
    });
  }).listen(port, '127.0.0.1');
  await once(listener, 'listening');
  return {
    cut() {
      const lost = [...joined];
      // What is under way in either direction is lost with it.
      for (const client of lost) client.resetAndDestroy();
      return lost.length > 0;
    },
    close() {
      listener.close();
      for (const client of open) client.destroy();
    },
  };
}
