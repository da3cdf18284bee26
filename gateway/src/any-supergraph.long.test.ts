import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSchema, isInterfaceType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiSchemaSdl, validSupergraph } from './planner/api-schema.ts';
import { type FakeSubgraph, startFakeSubgraph } from './testing/fake-subgraph.ts';
import { type GatewayProcess, gatewayProcess } from './testing/gateway-process.ts';
import { BEYOND_ARRAYS, HOT_QUERY, PLANNED, WORST_QUERY } from './testing/large-queries.ts';
import { largeSubgraphs, largeSupergraph } from './testing/large-supergraph.ts';

const print = (what: string) => process.stdout.write(`  ${what}\n`);
const TOO_COMPLEX = 'QUERY_PLAN_COMPLEXITY_EXCEEDED';
const MINUTE_MS = 60_000;

describe('npm run gateway on a railway of 3,000 fields', { timeout: 2 * MINUTE_MS }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-railway-'));
  const file = join(folder, 'supergraph.graphql');
  const config = join(folder, 'gateway.yaml');
  let supergraph = '';
  let stations: FakeSubgraph;
  let gateway: GatewayProcess;
  let running: Awaited<ReturnType<GatewayProcess['ready']>>;
  let startMs = 0;

  beforeAll(async () => {
    const composingMs = performance.now();
    supergraph = largeSupergraph();
    print(`composed in ${seconds(performance.now() - composingMs)}: ${Math.round(supergraph.length / 1024)} KiB`);
    stations = await startFakeSubgraph({
      name: 'stations',
      sdl: largeSubgraphs().find(({ name }) => name === 'stations')?.sdl ?? '',
      resolvers: {
        Query: {
          station: () => ({ id: '1', name: 'Ely', next: { id: '1' }, position: { latitude: 52.39, longitude: 0.27 } }),
        },
      },
    });
    writeFileSync(file, supergraph);
    // YAML contains JSON. The deadline is longer than planning may take: what ends it is the planner's own limit.
    const settings = {
      ...{ server: { host: '127.0.0.1' }, admin: { host: '127.0.0.1' } },
      ...{ deadline: '60s', subgraphs: { stations: { url: stations.url } } },
      // One client asks without a pause.
      rateLimit: { enabled: false },
    };
    writeFileSync(config, JSON.stringify(settings));
    const startingMs = performance.now();
    gateway = gatewayProcess('--supergraph', file, '--config', config, '--port', '0');
    running = await gateway.ready();
    startMs = performance.now() - startingMs;
  }, 3 * MINUTE_MS);

  afterAll(async () => {
    await gateway?.[Symbol.asyncDispose]();
    await stations?.close();
    rmSync(folder, { recursive: true });
  });

  async function ask(query: string): Promise<Reply> {
    const askedMs = performance.now();
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ query });
    const response = await fetch(`${running.url}/graphql`, { method: 'POST', headers, body });
    const { data, errors = [] } = (await response.json()) as Answer;
    const codes = [...new Set(errors.map(({ extensions }) => extensions.code))];
    return { codes, data, ms: performance.now() - askedMs };
  }

  it('is what it says: 30 subgraphs, 3,000 fields, an interface with 40 implementations', () => {
    const schema = buildSchema(apiSchemaSdl(validSupergraph(supergraph)));
    const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
    const fields = types
      .filter((type) => isObjectType(type) || isInterfaceType(type))
      .flatMap((type) => Object.keys(type.getFields()));
    const equipment = schema.getType('Equipment');
    const implementations = isInterfaceType(equipment) ? schema.getPossibleTypes(equipment) : [];
    expect([largeSubgraphs().length, fields.length, implementations.length]).toEqual([30, 3000, 40]);
  });

  it('starts within five seconds', async () => {
    const { cpuSeconds, residentMiB } = await running.use();
    print(
      `ready after ${seconds(startMs)}, ${cpuSeconds.toFixed(1)} s of CPU, ${Math.round(residentMiB)} MiB resident`,
    );
    // Of the clock, other programs take their share.
    expect(cpuSeconds).toBeLessThan(5);
  });

  it.each(Object.entries(PLANNED))('plans %s', async (what, query) => {
    const { codes, ms } = await ask(query);
    print(`${what}: ${seconds(ms)}`);
    expect(codes).toEqual(query === HOT_QUERY ? [] : ['SUBGRAPH_UNAVAILABLE']);
  });

  it('refuses the worst query, and answers others while it tries', async () => {
    const before = await running.use();
    const alone: Reply[] = [];
    while (alone.length < 100) alone.push(await ask(HOT_QUERY));
    let isPlanning = true;
    const worst = ask(WORST_QUERY).finally(() => {
      isPlanning = false;
    });
    const hot: Reply[] = [];
    while (isPlanning) hot.push(await ask(HOT_QUERY));
    const { codes, ms } = await worst;
    print(`refused after ${seconds(ms)}`);
    print(`${alone.length} others before it: ${latencies(alone)}`);
    print(`${hot.length} others meanwhile: ${latencies(hot)}`);
    expect(codes).toEqual([TOO_COMPLEX]);
    const station = { name: 'Ely', position: { latitude: 52.39 } };
    for (const { data } of hot) expect(data).toEqual({ station });
    // On the event loop, planning would hold one of them up for as long as it takes.
    expect(Math.max(...hot.map((reply) => reply.ms))).toBeLessThan(ms / 2);

    const again = await ask(WORST_QUERY);
    expect(again.codes).toEqual([TOO_COMPLEX]);
    expect(again.ms).toBeLessThan(ms / 2);
    const next = await ask('{ fleet { id label: fleetNote } }');
    expect(next.codes).toEqual(['SUBGRAPH_UNAVAILABLE']);
    const after = await running.use();
    print(`resident ${Math.round(before.residentMiB)} MiB before, ${Math.round(after.residentMiB)} MiB after`);
    // The limit of a planner's heap.
    expect(after.residentMiB - before.residentMiB).toBeLessThan(512);
  });

  it('refuses what has more combinations than an array has room for', async () => {
    expect((await ask(BEYOND_ARRAYS)).codes).toEqual([TOO_COMPLEX]);
  });

  it('ends with 1 when half of the supergraph is missing, and says where it ends', async () => {
    writeFileSync(file, supergraph.slice(0, supergraph.length / 2));
    await using second = gatewayProcess('--supergraph', file, '--config', config, '--port', '0');
    expect(await second.ended).toBe(1);
    const { length, [length - 1]: last = '' } = supergraph.slice(0, supergraph.length / 2).split('\n');
    expect(second.output()).toContain(`It is no GraphQL: line ${length}, column ${last.length + 1}.\n`);
  });
});

interface Reply {
  /** Of its errors, each once. */
  readonly codes: readonly string[];
  readonly data: unknown;
  readonly ms: number;
}

interface Answer {
  data: unknown;
  errors?: { extensions: { code: string } }[];
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(ms < 1000 ? 3 : 1)} s`;

function latencies(replies: readonly Reply[]): string {
  const times = replies.map(({ ms }) => ms).sort((a, b) => a - b);
  const [median, p99, longest] = [0.5, 0.99, 1].map((part) => times[Math.ceil(times.length * part) - 1]?.toFixed(1));
  return `median ${median} ms, p99 ${p99} ms, longest ${longest} ms`;
}
