import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/** A client of graphql-transport-ws that costs next to nothing: ten thousand of them are to measure the gateway. */
export interface RawClient {
  readonly socket: Socket;
  /** Sends one message. */
  send(message: object): void;
}

export interface RawClientOptions {
  readonly port: number;
  /** Of the loopback interface: one address has 28,000 ports, and the gateway limits what comes from one. */
  readonly localAddress: string;
  hear(message: string): void;
  /** The connection is over; by which close code, where there was one. */
  closed(code: number | undefined): void;
}

/** Opens it, and initialises the connection. */
export function openRawClient({ port, localAddress, hear, closed }: RawClientOptions): RawClient {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  let isOpen = false;
  let waiting: Buffer = Buffer.alloc(0);
  let closeCode: number | undefined;
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.on('close', () => closed(closeCode));
  socket.write(
    `GET /graphql HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: upgrade\r\nupgrade: websocket\r\n` +
      `sec-websocket-version: 13\r\nsec-websocket-protocol: graphql-transport-ws\r\n` +
      `sec-websocket-key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
  );
  socket.on('data', (chunk) => {
    waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
    if (!isOpen) {
      const end = waiting.indexOf('\r\n\r\n');
      if (end < 0) return;
      if (!waiting.subarray(0, 12).equals(Buffer.from('HTTP/1.1 101'))) {
        hear(`{"refused":${JSON.stringify(waiting.toString('latin1', 0, 12))}}`);
        socket.destroy();
        return;
      }
      isOpen = true;
      waiting = waiting.subarray(end + 4);
      socket.write(frame(1, Buffer.from('{"type":"connection_init"}')));
    }
    for (;;) {
      const read = readFrame(waiting);
      if (read === undefined) return;
      waiting = waiting.subarray(read.length);
      if (read.opcode === 1) hear(read.payload.toString());
      if (read.opcode === 9) socket.write(frame(10, read.payload));
      if (read.opcode === 8) closeCode = read.payload.length < 2 ? undefined : read.payload.readUInt16BE(0);
    }
  });
  return { socket, send: (message) => void socket.write(frame(1, Buffer.from(JSON.stringify(message)))) };
}

/** As clients send them (RFC 6455, 5.2): with a mask, of which it does not matter what it is. */
function frame(opcode: number, payload: Buffer): Buffer {
  if (payload.length > 125) {
    const head = Buffer.from([0x80 | opcode, 0x80 | 126, payload.length >> 8, payload.length & 0xff, 0, 0, 0, 0]);
    return Buffer.concat([head, payload]);
  }
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}

/** As servers send them: whole, without a mask. Undefined: not all of it is there. */
function readFrame(bytes: Buffer): { opcode: number; payload: Buffer; length: number } | undefined {
  if (bytes.length < 2) return undefined;
  const opcode = (bytes[0] ?? 0) & 0x0f;
  const short = (bytes[1] ?? 0) & 0x7f;
  const headLength = short === 127 ? 10 : short === 126 ? 4 : 2;
  if (bytes.length < headLength) return undefined;
  const size = short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short;
  const length = headLength + size;
  return bytes.length < length ? undefined : { opcode, payload: bytes.subarray(headLength, length), length };
}
