import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@tributary/service-kit/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { gatewayConfig } from '../config/gateway-config.ts';
import { type RunningGateway, startGateway } from '../start-gateway.ts';
import type { FakeSubgraph } from '../testing/fake-subgraph.ts';
import { startBooks, startReviews } from '../testing/library-graph.ts';
import { compose } from '../testing/test-gateway.ts';

const WEIGHED = '{ books { weight } }';

describe('a supergraph that takes over', () => {
  let books: FakeSubgraph;
  let reviews: FakeSubgraph;
  let good: string;
  /** Reviews are where nobody answers. */
  let broken: string;
  /** `pages` has moved to reviews: a request more. */
  let slower: string;
  let folder: string;
  const running: RunningGateway[] = [];
  beforeAll(async () => {
    [books, reviews] = await Promise.all([startBooks(), startReviews()]);
    good = compose([books, reviews]);
    broken = good.replaceAll(reviews.url, await unusedUrl());
    slower = compose([
      { ...books, sdl: books.sdl.replace('title: String! pages: Int! }', 'title: String! }') },
      { ...reviews, sdl: reviews.sdl.replace('Int! @external', 'Int!').replace('@requires(fields: "pages")', '') },
    ]);
    folder = await mkdtemp(join(tmpdir(), 'rollback-'));
    await mkdir(join(folder, 'shop'));
    await writeFile(join(folder, 'shop', 'pages.graphql'), 'query Pages { books { title pages } }');
    await writeFile(join(folder, 'shop', 'titles.graphql'), 'query Titles { books { title } }');
  });
  afterEach(() => Promise.all(running.splice(0).map((gateway) => gateway.stop())));
  afterAll(async () => {
    await Promise.all([books.close(), reviews.close()]);
    await rm(folder, { recursive: true });
  });

  async function start(settings: object = {}) {
    const lines: { message: string; reason?: string; [key: string]: unknown }[] = [];
    let update: (supergraphSdl: string) => void = () => {};
    const config = gatewayConfig.parse({
      ...{
        server: { host: '127.0.0.1', port: 0, trustedProxies: ['127.0.0.1'] },
        admin: { host: '127.0.0.1', port: 0 },
      },
      supergraphCache: join(folder, 'last-good.graphql'),
      ...settings,
    });
    const gateway = await startGateway(config, {
      processMetrics: false,
      logDestination: { write: (line) => lines.push(JSON.parse(line)) },
      supergraphSdl: async (hooks) => {
        update = hooks.update;
        return { supergraphSdl: good };
      },
    });
    running.push(gateway);
    const ask = async (query: string, from = '203.0.113.1') => {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': from },
        body: JSON.stringify({ query }),
      });
      return ((await response.json()) as { errors?: unknown }).errors === undefined;
    };
    const times = (count: number, query: string) => Promise.all(Array.from({ length: count }, () => ask(query)));
    /** Offers a supergraph, and waits for what becomes of it. */
    const offer = async (supergraphSdl: string) => {
      const seen = lines.length;
      update(supergraphSdl);
      const isAnswer = ({ message }: { message: string }) =>
        /^(supergraph refused|a new supergraph serves)/.test(message);
      return until('an answer', () => lines.slice(seen).find(isAnswer));
    };
    const rolledBack = () => lines.find(({ message }) => message.endsWith('the one before it is back'));
    return { gateway, ask, times, offer, rolledBack, lines };
  }

  it('goes when requests fail by it that did not before, and does not come back until it changes', async () => {
    const { gateway, ask, times, offer, rolledBack } = await start();
    await times(30, WEIGHED);
    await offer(broken);
    const kept = () => readFile(join(folder, 'last-good.graphql'), 'utf8');
    await until('it to be kept', async () => (await kept()) === broken);
    const answers = await times(20, WEIGHED);
    expect(answers).toEqual(Array(20).fill(false));
    expect(rolledBack()).toMatchObject({
      level: 'error',
      before: { requests: 30, failed: 0 },
      after: { requests: 20, failed: 20 },
    });
    expect(await ask(WEIGHED)).toBe(true);
    await until('the one before to be kept again', async () => (await kept()) === good);
    expect(await offer(broken)).toMatchObject({ reason: 'It was rolled back, and has not changed since.' });
    expect(await ask(WEIGHED)).toBe(true);
    expect((await offer(`${broken}\n# changed`)).message).toBe('a new supergraph serves');
    const text = await gateway.metrics.scrape();
    expect(text).toMatch(/graph_supergraph_updates_total{outcome="rolled_back"[^}]*} 1/);
    expect(text).toMatch(/graph_supergraph_updates_total{outcome="adopted"[^}]*} 3/);
  });

  it('stays when as many requests failed before it', async () => {
    const { times, offer, rolledBack, ask } = await start();
    await times(30, '{ broken }');
    await offer(broken);
    await times(40, WEIGHED);
    expect(rolledBack()).toBeUndefined();
    expect(await ask(WEIGHED)).toBe(false);
  });

  it('stays when what fails is what clients ask for', async () => {
    const { times, offer, rolledBack, gateway } = await start({ limits: { planFetches: 1 } });
    await times(30, '{ books { title } }');
    await offer(`${good}\n# changed`);
    // Somebody may not see it; a subgraph refuses it, by a code of its own; it is over a limit.
    for (const query of ['{ denied }', '{ refused }', WEIGHED]) expect(await times(40, query)).not.toContain(true);
    expect(rolledBack()).toBeUndefined();
    expect(await gateway.metrics.scrape()).toMatch(/graph_supergraph_updates_total{outcome="adopted"[^}]*} 2/);
  });

  it('stays when only few meet the failures, and goes when more do', async () => {
    const { ask, offer, rolledBack } = await start();
    const addresses = [1, 2, 3, 4, 5].map((last) => `203.0.113.${last}`);
    const askFrom = (from: readonly string[], query: string) =>
      Promise.all(from.flatMap((address) => Array.from({ length: 10 }, () => ask(query, address))));
    await askFrom(addresses, WEIGHED);
    await offer(broken);
    expect(await askFrom(addresses.slice(1), WEIGHED)).not.toContain(true);
    expect(rolledBack()).toBeUndefined();
    await ask(WEIGHED, addresses[0]);
    expect(rolledBack()).toBeDefined();
  });

  it('stays when that is not to be watched', async () => {
    const { times, offer, rolledBack } = await start({ swap: { rollback: false } });
    await times(30, WEIGHED);
    await offer(broken);
    await times(40, WEIGHED);
    expect(rolledBack()).toBeUndefined();
  });

  it('has planned known operations before, whatever their text', async () => {
    const { gateway, offer, ask } = await start({ home: { documents: folder } });
    await offer(slower);
    const planned = async () =>
      /plan_duration_seconds_count{[^}]*outcome="planned"[^}]*} (\d+)/.exec(await gateway.metrics.scrape())?.[1];
    expect(await ask('{ all: books { name: title } }')).toBe(true);
    expect(await planned()).toBeUndefined();
    await ask(WEIGHED);
    expect(await planned()).toBe('1');
  });

  it('has planned trusted documents that came later', async () => {
    await using manifest = await startManifest([]);
    const { gateway, ask } = await start({ persistedDocuments: { manifest: manifest.url, poll: '20ms' } });
    const lookups = async () => {
      const text = await gateway.metrics.scrape();
      return Number(/plan_duration_seconds_count{[^}]*outcome="planned"[^}]*} (\d+)/.exec(text)?.[1] ?? 0);
    };
    manifest.publish([{ id: 'a', name: 'Authors', type: 'query', body: 'query Authors { books { isbn } }' }]);
    await until('the manifest to be read, and read again', manifest.readSince);
    expect(await ask('{ books { isbn } }')).toBe(true);
    expect(await lookups()).toBe(0);
  });

  describe('by which a known operation takes a request more', () => {
    const worse = ['shop/Pages: 1 requests, 1 deep, now 2 requests, 2 deep'];
    const startWith = (planRegression: string, known: object = { home: { documents: folder } }) =>
      start({ ...known, swap: { planRegression } });
    const told = ({ message }: { message: string }) => message.startsWith('plans get worse');

    it('is refused where that is to block it', async () => {
      const { offer, ask } = await startWith('block');
      expect(await offer(slower)).toMatchObject({ reason: `Plans get worse. ${worse}` });
      expect(await ask(WEIGHED)).toBe(true);
      expect((await offer(`${good}\n# changed`)).message).toBe('a new supergraph serves');
    });

    it('is refused by trusted documents of a folder and of a manifest, too', async () => {
      const ofFolder = await startWith('block', { persistedDocuments: { folder } });
      expect(await ofFolder.offer(slower)).toMatchObject({ reason: `Plans get worse. ${worse}` });
      const body = 'query Titles { books { title } } query Pages { books { title pages } }';
      await using manifest = await startManifest([{ id: 'b', name: 'Pages', type: 'query', body, clientName: 'shop' }]);
      const ofManifest = await startWith('block', { persistedDocuments: { manifest: manifest.url } });
      expect(await ofManifest.offer(slower)).toMatchObject({ reason: `Plans get worse. ${worse}` });
    });

    it('is told of where that is to be warned of', async () => {
      const { offer, lines } = await startWith('warn');
      expect((await offer(slower)).message).toBe('a new supergraph serves');
      expect(lines.find(told)).toMatchObject({ documents: worse });
    });

    it('is taken otherwise', async () => {
      const { offer, lines } = await startWith('off');
      expect((await offer(slower)).message).toBe('a new supergraph serves');
      expect(lines.some(told)).toBe(false);
    });
  });
});

/** An address where trusted documents are published. */
async function startManifest(first: object[]) {
  let operations = first;
  let reads = 0;
  const server = createServer((_request, response) => {
    reads++;
    response.end(JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/manifest.json`,
    publish(next: object[]) {
      operations = next;
      reads = 0;
    },
    /** Whether what was published last was read, and that is over. */
    readSince: () => reads >= 2,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function unusedUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/graphql`;
}
