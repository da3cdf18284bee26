import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePorts } from '../../../scripts/testing/free-ports.ts';
import { type CuttableEntry, startCuttableEntry } from './cuttable-entry.ts';

/** Whatever error comes first. */
const closed = (socket: Socket) =>
  socket.closed ? Promise.resolve() : new Promise((resolve) => socket.once('close', resolve));

describe('an entry that can be cut', () => {
  const accepted: Socket[] = [];
  const server = createServer((socket) => {
    accepted.push(socket);
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  let port = 0;
  let entry: CuttableEntry;
  beforeEach(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    [port = 0] = await freePorts(1);
    entry = await startCuttableEntry(port, (server.address() as AddressInfo).port);
  });
  afterEach(() => {
    entry.close();
    for (const socket of accepted.splice(0)) socket.destroy();
    server.close();
  });

  async function talk(): Promise<Socket> {
    const client = connect(port, '127.0.0.1');
    client.write('hello');
    const [heard] = await once(client, 'data');
    expect(String(heard)).toBe('hello');
    return client;
  }

  it('leads to the server, and does so again after a cut', async () => {
    const client = await talk();
    const lost = once(client, 'error');
    expect(entry.cut()).toBe(true);
    expect((await lost)[0]).toMatchObject({ code: 'ECONNRESET' });
    await Promise.all(accepted.map(closed));
    await talk();
  });

  it('has nothing to cut when nobody is connected, nor after it has cut', async () => {
    expect(entry.cut()).toBe(false);
    const client = await talk();
    client.on('error', () => {});
    expect(entry.cut()).toBe(true);
    await closed(client);
    expect(entry.cut()).toBe(false);
  });

  it('refuses as the server does when that is away', async () => {
    server.close();
    const client = connect(port, '127.0.0.1');
    client.on('error', () => {});
    await closed(client);
    expect(entry.cut()).toBe(false);
  });
});
