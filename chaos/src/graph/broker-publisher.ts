import { once } from 'node:events';
import { connect } from 'node:net';

/** Publishes on NATS subjects without a message id: a stream takes each as new, whatever it holds already. */
export interface BrokerPublisher {
  readonly isClosed: boolean;
  publish(subject: string, body: string): void;
  /** Resolves once the server has got everything. */
  close(): Promise<void>;
}

/**
 * Speaks the four words of the NATS client protocol that this takes. The services' own client always sends the event's
 * id, by which the broker would drop a copy.
 */
export async function connectPublisher(port: number): Promise<BrokerPublisher> {
  const socket = connect(port, '127.0.0.1');
  socket.setEncoding('utf8');
  // The server speaks first.
  await once(socket, 'data');
  let closed = false;
  socket.on('error', () => {});
  socket.once('close', () => {
    closed = true;
  });
  socket.on('data', (text: unknown) => {
    if (String(text).includes('PING')) socket.write('PONG\r\n');
  });
  socket.write('CONNECT {"verbose":false}\r\n');
  return {
    get isClosed() {
      return closed;
    },
    publish: (subject, body) => void socket.write(`PUB ${subject} ${Buffer.byteLength(body)}\r\n${body}\r\n`),
    async close() {
      if (closed) return;
      const ended = once(socket, 'close');
      socket.end();
      await ended;
    },
  };
}
