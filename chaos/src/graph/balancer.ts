import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** One port for several processes of a service, as a cluster gives it: each connection goes to one that listens. */
export interface Balancer {
  readonly port: number;
  close(): void;
}

/** @param ports where the processes listen, whether or not they do at the moment */
export async function startBalancer(port: number, ports: readonly number[]): Promise<Balancer> {
  const open = new Set<Socket>();
  let turn = 0;
  const track = (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  };

  const join = (client: Socket, tries: number) => {
    const target = ports[turn++ % ports.length];
    if (target === undefined || tries === 0) return client.destroy();
    const server = connect(target, '127.0.0.1');
    let joined = false;
    server.once('connect', () => {
      joined = true;
      track(server);
      client.pipe(server).pipe(client);
    });
    server.on('error', () => {
      if (joined || client.destroyed) client.destroy();
      else join(client, tries - 1);
    });
    server.on('close', () => joined && client.destroy());
    client.on('close', () => server.destroy());
  };

  const listener = createServer((client) => {
    track(client);
    client.on('error', () => client.destroy());
    join(client, ports.length);
  }).listen(port, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port,
    close() {
      listener.close();
      for (const socket of open) socket.destroy();
    },
  };
}
