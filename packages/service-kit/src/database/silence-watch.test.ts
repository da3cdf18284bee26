import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { expect, test } from 'vitest';
import { createLogger } from '../log/logger.ts';
import { until } from '../testing/until.ts';
import { SilenceWatch } from './silence-watch.ts';

/** Takes connections and says nothing. */
async function silentServer() {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.on('error', () => {});
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `postgres://127.0.0.1:${port}/none`, connections: () => connections, server };
}

test('what is asked of a connection that has ended is waited for by nobody', async () => {
  const { url, connections, server } = await silentServer();
  const log = createLogger({ service: 'notes', destination: { write: () => {} } });
  const watch = new SilenceWatch({ url, service: 'notes', answers: () => {}, log });
  const client = new pg.Client({ connectionString: url });
  watch.add(client);
  client.emit('end');
  // As drizzle's rollback does.
  watch.waits(client);
  await delay(500);
  expect(connections()).toBe(0);

  const other = new pg.Client({ connectionString: url });
  watch.add(other);
  watch.waits(other);
  await until('a probe for one that is there', () => connections() === 1);
  watch.stop();
  server.close();
});
