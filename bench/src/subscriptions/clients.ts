// A process with thousands of clients: bench-subscriptions.ts starts it, and talks with it by messages.
import { openRawClient } from './raw-client.ts';

/** Who the clients of a process are. */
export interface Clients {
  readonly port: number;
  readonly count: number;
  /** The last number of 127.0.0.x, of which each has `PER_ADDRESS` of them. */
  readonly firstAddress: number;
  /** What each subscribes to. */
  readonly query: string;
  /** Of the first one's variable `id`; each of the others has the next. Without it there are no variables. */
  readonly firstId?: number;
}

/** What it is told: first who to be, then to tell what was heard since the last time. */
export type ToClients = Clients | 'report' | 'pause' | 'resume';

export interface ClientReport {
  /** Connections that are acknowledged, and have subscribed. */
  readonly subscribed: number;
  readonly ended: number;
  readonly closeCodes: readonly (number | undefined)[];
  /** From the event in the subgraph to its message here, in milliseconds. */
  readonly latencies: readonly number[];
}

const PER_ADDRESS = 1000;
/** So many are opened at a time. */
const AT_ONCE = 50;
const AT = /"at":"(\d+)/;

let subscribed = 0;
let ended = 0;
let latencies: number[] = [];
const closeCodes: (number | undefined)[] = [];
const clients: ReturnType<typeof openRawClient>[] = [];

process.on('message', (message: ToClients) => {
  if (message === 'report') {
    process.send?.({ subscribed, ended, latencies, closeCodes } satisfies ClientReport);
    latencies = [];
  } else if (message === 'pause') for (const { socket } of clients) socket.pause();
  else if (message === 'resume') for (const { socket } of clients) socket.resume();
  else void openAll(message);
});
process.on('disconnect', () => process.exit(0));

async function openAll({ port, count, firstAddress, query, firstId }: Clients): Promise<void> {
  const open = (index: number) =>
    new Promise<void>((resolve) => {
      const address = firstAddress + Math.floor(index / PER_ADDRESS);
      const client = openRawClient({
        port,
        localAddress: `127.0.0.${address}`,
        hear(text) {
          const at = AT.exec(text)?.[1];
          if (at !== undefined) latencies.push(Number(process.hrtime.bigint() - BigInt(at)) / 1e6);
          else if (text.includes('connection_ack')) {
            subscribed++;
            subscribe();
            resolve();
          } else if (text.includes('SERVICE_UNAVAILABLE')) {
            // Turned away at the door, as so many come at once.
            setTimeout(subscribe, 500);
          } else if (text.includes('"error"') || text.includes('refused')) console.error(text.slice(0, 300));
        },
        closed(code) {
          ended++;
          closeCodes.push(code);
          resolve();
        },
      });
      const variables = firstId === undefined ? undefined : { id: String(firstId + index) };
      const subscribe = () => client.send({ id: '1', type: 'subscribe', payload: { query, variables } });
      clients.push(client);
    });
  for (let index = 0; index < count; index += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - index) }, (_, offset) => open(index + offset)));
  }
}
