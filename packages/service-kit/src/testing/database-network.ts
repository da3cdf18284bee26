import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * How a server is away: `refuse` ends what is open and takes no connection, as a machine does on which the server has
 * died; `silence` takes all and answers nothing, as a machine does that is gone itself.
 */
export type Outage = 'refuse' | 'silence';

export interface DatabaseNetwork extends AsyncDisposable {
  /** That of the server, by way of this network. */
  readonly url: string;
  fail(how: Outage): Promise<void>;
  heal(): Promise<void>;
}

/** A network between a client and the server at `url`, which a test can break. What is lost in a silence stays lost. */
export async function startDatabaseNetwork(url: string): Promise<DatabaseNetwork> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let silent = false;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  };
  const proxy = createServer((client) => {
    keep(client);
    // Who connects to nobody also leaves nothing at the server.
    if (silent) return client.resume();
    const upstream = connect(Number(target.port), target.hostname);
    keep(upstream);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on('data', (chunk) => void (silent || to.write(chunk)));
      from.on('close', () => to.destroy());
    }
  });
  const port = await listenOnOwnPort(proxy);
  const proxied = new URL(url);
  proxied.port = String(port);
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: proxied.href,
    async fail(how) {
      silent = how === 'silence';
      if (silent) return;
      proxy.close();
      cut();
    },
    async heal() {
      silent = false;
      if (proxy.listening) return;
      proxy.listen(port, '127.0.0.1');
      await once(proxy, 'listening');
    },
    async [Symbol.asyncDispose]() {
      proxy.close();
      cut();
    },
  };
}

/** Below those that a system gives out itself: nobody is given it while it is closed. */
async function listenOnOwnPort(server: Server): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    server.listen(port, '127.0.0.1');
    const taken = await once(server, 'listening').then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error,
    );
    if (taken === undefined) return port;
    if (taken.code !== 'EADDRINUSE') throw taken;
  }
}
