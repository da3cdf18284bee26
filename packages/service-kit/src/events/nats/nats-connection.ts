import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import type { ConnectionOptions, MsgHdrs, NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '../../log/logger.ts';
import type { NatsConfig } from './nats-config.ts';

/** The broker, for as long as one connection to it lives. */
export interface Broker {
  js: JetStreamClient;
  jsm: JetStreamManager;
  /** The same with a short deadline. */
  probe: JetStreamManager;
  headers(): MsgHdrs;
  /** Resolves when all is here that the broker has sent before. */
  flush(): Promise<void>;
  /** Aborted when this connection is lost; the next one has a Broker of its own. */
  lost: AbortSignal;
}

export interface BrokerConnection {
  start(): void;
  /** Undefined while there is no connection. */
  readonly broker: Broker | undefined;
  /** The broker once there is a connection; undefined when there is none and the end has come. */
  up(): Promise<Broker | undefined>;
  /** Ends it after `finish`; from its beginning on nobody waits for a connection. */
  stop(finish: () => Promise<void>): Promise<void>;
}

export interface BrokerConnectionOptions {
  config: NatsConfig;
  /** Name of the connection in the broker's monitoring. */
  service: string;
  log: Logger;
  onChange(up: boolean): void;
}

const CONNECT_TIMEOUT_MS = 5000;
const API_TIMEOUT_MS = 2000;
const PROBE_TIMEOUT_MS = 500;
const DRAIN_TIMEOUT_MS = 2000;
/** A server that has gone without a word is missed after two of them. */
const PING_INTERVAL_MS = 10_000;

/** Between two attempts to connect; spread, so that the services of a cluster do not come back all at once. */
const reconnectWaitMs = () => 100 + Math.random() * 400;

/** A connection that is looked for in the background for as long as it takes, and found again after each loss. */
export function brokerConnection(options: BrokerConnectionOptions): BrokerConnection {
  const { config, log } = options;
  const stopping = new AbortController();
  let broker: Broker | undefined;
  let losing: AbortController | undefined;
  let connection: NatsConnection | undefined;
  const waiting: (() => void)[] = [];
  let down = false;
  const fields = { servers: config.servers };

  const wakeAll = () => {
    for (const wake of waiting.splice(0)) wake();
  };
  const cameUp = (parts: Omit<Broker, 'lost'>) => {
    losing = new AbortController();
    broker = { ...parts, lost: losing.signal };
    down = false;
    log.info(fields, 'connected to NATS');
    options.onChange(true);
    wakeAll();
  };
  const wentDown = (error?: unknown) => {
    broker = undefined;
    losing?.abort();
    options.onChange(false);
    // Said once, however long it lasts.
    if (!down && !stopping.signal.aborted) {
      log.warn({ ...fields, ...(error === undefined ? {} : { err: error }) }, 'no connection to NATS; trying on');
    }
    down = true;
    if (stopping.signal.aborted) wakeAll();
  };

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await hold().catch(wentDown);
      await delay(reconnectWaitMs(), undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  /** One connection of the library, which reconnects by itself, from its beginning to its end. */
  async function hold(): Promise<void> {
    const { nc, statuses, parts } = await open(options);
    if (stopping.signal.aborted) return nc.close();
    connection = nc;
    cameUp(parts);
    for await (const { type } of statuses) {
      if (type === 'disconnect') wentDown();
      if (type === 'reconnect') cameUp(parts);
    }
    wentDown(await nc.closed());
  }

  return {
    get broker() {
      return broker;
    },
    start: () => void run(),
    async up() {
      while (broker === undefined && !stopping.signal.aborted) {
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
      return broker;
    },
    async stop(finish) {
      stopping.abort();
      wakeAll();
      await finish();
      if (connection !== undefined) await end(connection, broker !== undefined);
    },
  };
}

async function open(options: BrokerConnectionOptions) {
  // 20 MB that a service without a broker does not need.
  const [transport, { jetstream, jetstreamManager }] = await Promise.all([
    import('@nats-io/transport-node'),
    import('@nats-io/jetstream'),
  ]);
  const nc = await transport.connect(connectionOptions(options, transport.credsAuthenticator));
  const statuses = nc.status();
  const manager = (timeout: number) => jetstreamManager(nc, { checkAPI: false, timeout });
  const parts = {
    js: jetstream(nc),
    jsm: await manager(API_TIMEOUT_MS),
    probe: await manager(PROBE_TIMEOUT_MS),
    headers: transport.headers,
    flush: () => nc.flush(),
  };
  return { nc, statuses, parts };
}

/** Draining sends what is still to be sent. Without a connection it would wait for the next one. */
async function end(connection: NatsConnection, connected: boolean): Promise<void> {
  const drained = connected ? connection.drain().catch(() => {}) : undefined;
  await Promise.race([drained, delay(DRAIN_TIMEOUT_MS, undefined, { ref: false })]);
  await connection.close();
}

function connectionOptions(
  { config, service }: BrokerConnectionOptions,
  credsAuthenticator: typeof import('@nats-io/transport-node').credsAuthenticator,
): ConnectionOptions {
  const { user, password, token, credsFile } = config.auth ?? {};
  const tls = config.tls ?? (config.servers.some((server) => server.startsWith('tls:')) ? {} : undefined);
  return {
    servers: config.servers,
    name: service,
    timeout: CONNECT_TIMEOUT_MS,
    pingInterval: PING_INTERVAL_MS,
    maxReconnectAttempts: -1,
    reconnectDelayHandler: reconnectWaitMs,
    // Its credentials may be on their way: a refusal is as good as an absence.
    ignoreAuthErrorAbort: true,
    ...(user === undefined || password === undefined ? {} : { user, pass: password.reveal() }),
    ...(token === undefined ? {} : { token: token.reveal() }),
    ...(credsFile === undefined ? {} : { authenticator: credsAuthenticator(() => readFileSync(credsFile)) }),
    ...(tls === undefined ? {} : { tls: tls as Exclude<ConnectionOptions['tls'], null | undefined> }),
  };
}
