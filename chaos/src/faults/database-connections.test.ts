import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createRandom } from '../random.ts';
import { type DatabaseConnections, databaseConnections } from './database-connections.ts';

const adminUrl = inject('postgresAdminUrl');
const role = `chaos_${randomBytes(6).toString('hex')}`;

describe.skipIf(adminUrl === undefined)('lost connections to the database', () => {
  let admin: pg.Client;
  let connections: DatabaseConnections;
  beforeAll(async () => {
    admin = new pg.Client({ connectionString: adminUrl });
    await admin.connect();
    await admin.query(`create role ${role} login password 'p'`);
    connections = databaseConnections(adminUrl ?? '', [role], createRandom(1));
  });
  afterAll(async () => {
    await connections?.close();
    await admin?.query(`drop role ${role}`);
    await admin?.end();
  });

  async function connect(): Promise<{ client: pg.Client; lost: Promise<unknown> }> {
    const url = new URL(adminUrl ?? '');
    url.username = role;
    url.password = 'p';
    const client = new pg.Client({ connectionString: url.href, application_name: 'a service' });
    await client.connect();
    client.on('error', () => {});
    return { client, lost: new Promise((resolve) => client.once('end', resolve)) };
  }

  test('are of the given roles, idle or in a transaction', async () => {
    const idle = await connect();
    expect(await connections.lose()).toEqual({ of: 'a service', atWork: false });
    await idle.lost;
    const other = await connect();
    await other.client.query('begin');
    expect(await connections.lose()).toEqual({ of: 'a service', atWork: true });
    await other.lost;
  });

  test('are none when nobody is connected', async () => {
    expect(await connections.lose()).toBeUndefined();
    expect((await admin.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });
});
