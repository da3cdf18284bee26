import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { JSONWebKeySet } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SubgraphConfig, subgraphConfig } from '../config/service-config.ts';
import { createServiceIdentityVerifier, generateServiceKeyPair } from '../identity/service-identity.ts';
import { notesEvents, notesFolder } from '../testing/notes/notes.ts';
import { startNotes } from '../testing/notes/start-notes.ts';
import { openPglite, type TestDatabase } from '../testing/test-database.ts';
import { until } from '../testing/until.ts';
import { defineSubgraph, type ServiceKit } from './define-subgraph.ts';
import { startSubgraph } from './start-subgraph.ts';

let cluster: TestDatabase;
beforeAll(async () => {
  cluster = await openPglite();
});
afterAll(() => cluster.close());

const ready = async (url: string) => (await fetch(`${url}/health/ready`)).status;

describe('a subgraph', () => {
  test('is ready once it has started; afterwards both its ports are closed', async () => {
    const notes = await startNotes(cluster);
    expect(await ready(notes.adminUrl)).toBe(200);
    expect(await (await fetch(`${notes.adminUrl}/metrics`)).text()).toContain('outbox_pending{service="notes"} 0');
    await notes.stop();
    await expect(ready(notes.adminUrl)).rejects.toThrow();
    await expect(notes.post({ query: '{ __typename }' })).rejects.toThrow();
  });

  test('answers what it has begun before it stops, and is not ready meanwhile', async () => {
    const notes = await startNotes(cluster);
    const pending = notes.post({ query: '{ explode(how: "hang") }' });
    await until('the request', () => notes.signals.length > 0);
    const stopped = notes.stop();
    expect(await ready(notes.adminUrl)).toBe(503);
    notes.signals[0]?.dispatchEvent(new Event('abort'));
    expect((await pending).body).toEqual({ data: { explode: 1 } });
    await stopped;
  });

  test('metrics and admin answers are not on its public port', async () => {
    const notes = await startNotes(cluster);
    for (const path of ['/metrics', '/health/live', '/health/ready']) {
      expect((await fetch(notes.url + path)).status).toBe(404);
    }
    await notes.stop();
  });

  test('that cannot have its port gives back what it had taken', async () => {
    const occupied = createServer().listen(0, '127.0.0.1');
    await once(occupied, 'listening');
    const { port } = occupied.address() as { port: number };
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const adminPort = (free.address() as { port: number }).port;
    await new Promise((resolve) => free.close(resolve));
    const starting = startNotes(cluster, {
      server: { host: '127.0.0.1', port },
      admin: { host: '127.0.0.1', port: adminPort },
    });
    await expect(starting).rejects.toThrow('another program does');
    await expect(ready(`http://127.0.0.1:${adminPort}`)).rejects.toThrow();
    occupied.close();
  });

  test('starts its components before its port opens and stops them after it has closed, with the database still there', async () => {
    const seen: unknown[] = [];
    const isOpen = () =>
      fetch(running.url).then(
        ({ status }) => status === 404,
        () => false,
      );
    const definition = defineSubgraph({
      name: 'notes',
      config: subgraphConfig,
      folder: notesFolder,
      events: notesEvents,
      create: ({ database }) => ({
        resolvers: {},
        context: (scope) => scope,
        components: [
          {
            name: 'worker',
            start: async () => void seen.push('started', await database.ping()),
            stop: async () => void seen.push('stopped', await isOpen(), await database.ping()),
          },
        ],
      }),
    });
    const config = subgraphConfig.parse({
      server: { host: '127.0.0.1', port: 0 },
      admin: { host: '127.0.0.1', port: 0 },
      log: { level: 'silent' },
    });
    const running = await startSubgraph(definition, config, {
      openDatabase: (options) => cluster.openUnmigrated(options),
      processMetrics: false,
    });
    expect(await isOpen()).toBe(true);
    expect(seen).toEqual(['started', undefined]);
    await running.stop();
    expect(seen.slice(2)).toEqual(['stopped', false, undefined]);
  });

  describe('whose schema is in several files', () => {
    let folder: string;
    const [queries = '', types = ''] = readFileSync(new URL('schema.graphql', notesFolder), 'utf8').split(
      /^(?=type Note)/m,
    );
    const start = () => startNotes(cluster, {}, pathToFileURL(`${folder}/`));
    const imports = (path: string) => writeFileSync(join(folder, 'schema.graphql'), `# import "${path}"\n${queries}`);
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'tributary-notes-'));
      cpSync(fileURLToPath(new URL('migrations', notesFolder)), join(folder, 'migrations'), { recursive: true });
      mkdirSync(join(folder, 'types'));
      writeFileSync(join(folder, 'types/note.graphql'), types);
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    test('answers by all of them', async () => {
      imports('./types/note.graphql');
      const notes = await start();
      const { body } = await notes.post({ query: '{ note(id: "1") { id text } _service { sdl } }' });
      expect(body).toEqual({
        data: { note: { id: '1', text: 'a note' }, _service: { sdl: expect.stringContaining('type Note @key') } },
      });
      await notes.stop();
    });

    test('does not start when one is missing', async () => {
      imports('./types/notes.graphql');
      await expect(start()).rejects.toMatchObject({ code: 'IMPORT_NOT_FOUND', path: 'schema.graphql', line: 1 });
    });
  });

  describe('that asks others', () => {
    type Kit = ServiceKit<SubgraphConfig, 'users'>;
    const start = async (ask: (kit: Kit) => unknown, identity: object = {}) => {
      const definition = defineSubgraph({
        name: 'notes',
        calls: ['users'],
        config: subgraphConfig,
        folder: notesFolder,
        events: notesEvents,
        create: (kit) => {
          ask(kit);
          return { resolvers: {}, context: (scope) => scope };
        },
      });
      const port = { host: '127.0.0.1', port: 0 };
      const config = subgraphConfig.parse({ server: port, admin: port, log: { level: 'silent' }, identity });
      const running = await startSubgraph(definition, config, {
        openDatabase: (options) => cluster.openUnmigrated(options),
        processMetrics: false,
      });
      await running.stop();
    };
    let key: string;
    let publicKeys: JSONWebKeySet;
    beforeAll(async () => {
      const pair = await generateServiceKeyPair('notes');
      key = JSON.stringify(pair.privateKey);
      publicKeys = pair.publicKeys;
    });

    test('signs as itself, for the one that it asks', async () => {
      const asked: (string | undefined)[] = [];
      const users = createHttpServer((request, response) => {
        asked.push(request.headers.authorization);
        response.end('{"data":{"me":null}}');
      }).listen(0, '127.0.0.1');
      await once(users, 'listening');
      const url = `http://127.0.0.1:${(users.address() as AddressInfo).port}/graphql`;
      let answer: Promise<unknown> | undefined;
      await start(
        (kit) => {
          answer = kit.serviceClient('users', url)('{ me { id } }', {});
        },
        { key },
      );
      expect(await answer).toEqual({ me: null });
      users.close();
      const verifier = createServiceIdentityVerifier('users', { notes: publicKeys });
      expect(await verifier.verify(asked[0])).toEqual({ kind: 'service', service: 'notes' });
    });

    test('does not start without a key to sign with', async () => {
      await expect(start(() => {})).rejects.toThrow('identity.key: expected, since notes calls users');
    });

    test('neither compiles nor starts when it asks one that it does not name', async () => {
      // @ts-expect-error orders is not one of its `calls`
      const starting = start((kit) => kit.serviceClient('orders', 'http://127.0.0.1:9'), { key });
      await expect(starting).rejects.toThrow('notes does not say that it calls orders');
    });
  });

  test('without a database URL says what is missing', async () => {
    const definition = defineSubgraph({
      name: 'notes',
      config: subgraphConfig,
      folder: notesFolder,
      events: notesEvents,
      create: () => ({ resolvers: {}, context: (scope) => scope }),
    });
    const starting = startSubgraph(definition, subgraphConfig.parse({}), { processMetrics: false });
    await expect(starting).rejects.toThrow('database.url: expected a postgres:// URL');
  });
});
