// A process with thousands of clients: bench-subscriptions.ts starts it, and talks with it by messages.
import { openRawClient, type RawClientOptions } from './raw-client.ts';

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
  /** That have subscribed. */
  readonly subscribed: number;
  /** The variables `id` of those that were refused however often they came, for want of memory. */
  readonly refused: readonly string[];
  readonly ended: number;
  readonly closeCodes: readonly (number | undefined)[];
  /** From the event in the subgraph to its message here, in milliseconds. */
  readonly latencies: readonly number[];
}

const PER_ADDRESS = 1000;
/** So many are opened at a time. */
const AT_ONCE = 50;
const AT = /"at":"(\d+)/;
/** Whoever is turned away at the door, as so many come at once, is let in sooner or later; whoever is one too many, is not. */
const ATTEMPTS = 10;
const BETWEEN_ATTEMPTS_MS = 500;

let subscribed = 0;
const refused: string[] = [];
let ended = 0;
let latencies: number[] = [];
const closeCodes: (number | undefined)[] = [];
const clients: ReturnType<typeof openRawClient>[] = [];

process.on('message', (message: ToClients) => {
  if (message === 'report') {
    process.send?.({ subscribed, refused, ended, latencies, closeCodes } satisfies ClientReport);
    latencies = [];
  } else if (message === 'pause') for (const { socket } of clients) socket.pause();
  else if (message === 'resume') for (const { socket } of clients) socket.resume();
  else void openAll(message);
});
process.on('disconnect', () => process.exit(0));

async function openAll({ port, count, firstAddress, query, firstId }: Clients): Promise<void> {
  const open = (index: number) =>
    new Promise<void>((resolve) => {
      const localAddress = `127.0.0.${firstAddress + Math.floor(index / PER_ADDRESS)}`;
      const id = firstId === undefined ? undefined : String(firstId + index);
      openOne({ port, localAddress }, { query, variables: id && { id } }, resolve, () => refused.push(String(id)));
    });
  for (let index = 0; index < count; index += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - index) }, (_, offset) => open(index + offset)));
  }
}

/** @param answered is called once it has subscribed, or not @param gaveUp before, where it has not */
function openOne(
  to: Pick<RawClientOptions, 'port' | 'localAddress'>,
  payload: object,
  answered: () => void,
  gaveUp: () => void,
  attempt = 1,
): void {
  let attempts = attempt;
  let isRefused = false;
  const again = (run: () => void) => {
    if (attempts++ < ATTEMPTS) setTimeout(run, BETWEEN_ATTEMPTS_MS);
    else {
      gaveUp();
      answered();
    }
  };
  const client = openRawClient({
    ...to,
    hear(text) {
      const at = AT.exec(text)?.[1];
      if (at !== undefined) latencies.push(Number(process.hrtime.bigint() - BigInt(at)) / 1e6);
      else if (text.includes('connection_ack')) subscribe();
      else if (text.includes('SERVICE_UNAVAILABLE')) {
        subscribed--;
        again(subscribe);
      } else if (text.includes('HTTP/1.1 503')) {
        isRefused = true;
        again(() => openOne(to, payload, answered, gaveUp, attempts));
      } else if (text.includes('"error"') || text.includes('refused')) console.error(text.slice(0, 300));
    },
    closed(code) {
      if (isRefused) return;
      ended++;
      closeCodes.push(code);
      answered();
    },
  });
  clients.push(client);
  const subscribe = () => {
    subscribed++;
    client.send({ id: '1', type: 'subscribe', payload });
    // Refusals come later, and nothing does for whoever has subscribed.
    answered();
  };
}
