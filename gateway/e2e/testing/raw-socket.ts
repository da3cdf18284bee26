import type { Agent } from 'node:http';
import { until } from '@tributary/service-kit/testing';
import { type ClientOptions, WebSocket } from 'ws';

/** A WebSocket that says what it is told to, right or wrong. */
export interface RawSocket extends Disposable {
  readonly socket: WebSocket;
  /** What has arrived so far, parsed. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads messages of many shapes
  readonly received: any[];
  /** @param message text as it is, or what is sent as JSON */
  send(message: string | Buffer | object): void;
  /** Waits for the next message of that type. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads messages of many shapes
  expect(type: string): Promise<any>;
  /** With what it was closed. */
  closed(): Promise<{ code: number; reason: string }>;
}

export interface RawSocketOptions {
  protocol?: string | undefined;
  /** Sends `connection_init` with this payload, and waits for its answer. Default `{}`; false: does not. */
  init?: object | false;
  headers?: Record<string, string>;
  path?: string;
  localAddress?: string;
  /** Has the connection over which it is opened. Default: a new one. */
  agent?: Agent;
}

/** @param url of the gateway, `http://…` @throws Error `Unexpected server response: 403` where it is refused */
export async function openRawSocket(url: string, options: RawSocketOptions = {}): Promise<RawSocket> {
  const {
    protocol = 'graphql-transport-ws',
    init = {},
    headers = {},
    path = '/graphql',
    localAddress,
    agent,
  } = options;
  const clientOptions: ClientOptions = { headers, perMessageDeflate: false };
  if (localAddress !== undefined) clientOptions.localAddress = localAddress;
  if (agent !== undefined) clientOptions.agent = agent;
  const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, protocol === '' ? [] : [protocol], clientOptions);
  const received: unknown[] = [];
  let end: { code: number; reason: string } | undefined;
  socket.on('message', (data) => received.push(JSON.parse(String(data))));
  socket.on('close', (code, reason) => {
    end = { code, reason: String(reason) };
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.on('error', () => {});
  const send = (message: string | Buffer | object) =>
    socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  const raw: RawSocket = {
    socket,
    received,
    send,
    expect: (type) =>
      until(`a message ${type}`, () => {
        const index = received.findIndex((message) => (message as { type: string }).type === type);
        return index < 0 ? undefined : (received.splice(index, 1)[0] as never);
      }),
    closed: () => until('the end of the WebSocket', () => end),
    [Symbol.dispose]: () => socket.terminate(),
  };
  if (init !== false) {
    send({ type: 'connection_init', payload: init });
    await raw.expect('connection_ack');
  }
  return raw;
}

/** A `subscribe` message. */
export const subscribing = (id: string, query: string, rest: object = {}) => ({
  id,
  type: 'subscribe',
  payload: { query, ...rest },
});
