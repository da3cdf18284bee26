import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { composeServices } from '@apollo/composition';
import { until } from '@tributary/service-kit/testing';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { gatewayConfig } from '../config/gateway-config.ts';
import { startGateway } from '../start-gateway.ts';
import { largeSupergraph } from '../testing/large-supergraph.ts';
import type { LoadCommand, LoadReport } from '../testing/swap-load.ts';
import { ofVariant, SUBGRAPHS, schemaOf, VARIANTS } from '../testing/swap-variants.ts';
import { watchStalls } from '../testing/watch-stalls.ts';

const SWAPS = 500;
const FIRST_MEASURED = SWAPS / 5;
const LARGE_SWAPS = 10;
/** Of the event loop's own CPU time. */
const MAX_STALL_MS = 200;
const MINUTES_40_MS = 2_400_000;

setFlagsFromString('--expose-gc');
const gc: () => void = runInNewContext('gc');

describe('500 supergraphs one after the other, under load', () => {
  it('fails no request, mixes nothing and leaves nothing behind', { timeout: MINUTES_40_MS }, async () => {
    // Whichever supergraph of this number serves, or may.
    const shared = new SharedArrayBuffer(8);
    const numbers = new Int32Array(shared);
    const load = startLoad(shared);
    const { urls } = await load.next('subgraphs');
    const supergraph = supergraphs(urls);
    const { gateway, update, messages } = await startSwappable(supergraph(0));
    const threads = threadCount();
    load.send({ url: gateway.url });
    await load.next('answered');

    const heapBytes = new Map<number, number>();
    const stalls = watchStalls();
    const startedMs = performance.now();
    for (let number = 1; number <= SWAPS; number++) {
      if (number % 50 === 0) {
        update(supergraph(number).replace('for: EXECUTION', 'for: SECURITY').replace('join/v0.', 'unknown/v0.'));
        await until('the refusal', () => messages.includes('supergraph refused: it is not used'), 30_000);
      }
      messages.length = 0;
      Atomics.store(numbers, 1, number);
      update(supergraph(number));
      await until(`supergraph ${number}`, () => messages.includes('a new supergraph serves'), 30_000);
      Atomics.store(numbers, 0, number);
      if (number % FIRST_MEASURED === 0) {
        stalls.pause();
        gc();
        heapBytes.set(number, process.memoryUsage().heapUsed);
        stalls.resume();
      }
    }
    const seconds = (performance.now() - startedMs) / 1000;
    stalls.pause();
    load.send('stop');
    const { answers, generations, wrong } = await load.next('done');
    const outcomes = await gateway.metrics.scrape();
    const threadsLeft = threadCount();
    await gateway.stop();
    await until('threads to end', () => threadCount() === 0);

    const [early = 0, late = 0] = [heapBytes.get(FIRST_MEASURED), heapBytes.get(SWAPS)];
    const slopeKib = (late - early) / (SWAPS - FIRST_MEASURED) / 1024;
    console.log(
      [
        `${SWAPS} swaps in ${seconds.toFixed(0)} s (${(SWAPS / seconds).toFixed(2)}/s)`,
        `${answers} answers, of ${generations} supergraphs`,
        `longest stall ${stalls.wallMs().toFixed(0)} ms, of which at most ${stalls.cpuMs().toFixed(0)} ms of this thread's CPU`,
        `heap ${[...heapBytes].map(([number, bytes]) => `${mib(bytes)} at swap ${number}`).join(', ')}: ${slopeKib.toFixed(1)} KiB a swap`,
        `planner threads ${threads} before, ${threadsLeft} after`,
      ].join('\n'),
    );
    expect(wrong).toEqual([]);
    const count = (outcome: string) =>
      Number(new RegExp(`updates_total{outcome="${outcome}"[^}]*} (\\d+)`).exec(outcomes)?.[1] ?? 0);
    expect([count('adopted'), count('refused')]).toEqual([SWAPS + 1, Math.floor(SWAPS / 50)]);
    expect(answers).toBeGreaterThan(SWAPS);
    expect(stalls.cpuMs()).toBeLessThan(MAX_STALL_MS);
    expect(slopeKib).toBeLessThan(20);
    // Of the supergraph that serves, of the one before it while it may come back, and an idle one for the next.
    expect(threadsLeft).toBeLessThanOrEqual(3);
  });
});

describe('a supergraph of 3,000 fields', () => {
  it('takes the place of another one', { timeout: 120_000 }, async () => {
    const supergraph = largeSupergraph();
    const { gateway, update, messages } = await startSwappable(supergraph);
    const stalls = watchStalls();
    const startedMs = performance.now();
    for (let number = 1; number <= LARGE_SWAPS; number++) {
      messages.length = 0;
      update(supergraph.replace(/^type Query/m, `"${number}" type Query`));
      await until(`supergraph ${number}`, () => messages.includes('a new supergraph serves'), 30_000);
    }
    stalls.pause();
    const seconds = (performance.now() - startedMs) / 1000;
    await gateway.stop();
    console.log(
      `${LARGE_SWAPS} swaps of 3,000 fields in ${seconds.toFixed(1)} s; longest stall ${stalls.wallMs().toFixed(0)} ms, of which at most ${stalls.cpuMs().toFixed(0)} ms of this thread's CPU`,
    );
    expect(stalls.cpuMs()).toBeLessThan(MAX_STALL_MS);
  });
});

/** A gateway that is told of each supergraph, and what it logs. */
async function startSwappable(supergraphSdl: string) {
  let update: (supergraphSdl: string) => void = () => {};
  const messages: string[] = [];
  const gateway = await startGateway(config, {
    processMetrics: false,
    logDestination: { write: (line) => messages.push(JSON.parse(line).message) },
    supergraphSdl: async (hooks) => {
      update = hooks.update;
      return { supergraphSdl };
    },
  });
  return { gateway, update: (next: string) => update(next), messages };
}

const config = gatewayConfig.parse({
  server: { host: '127.0.0.1', port: 0 },
  admin: { host: '127.0.0.1', port: 0 },
  introspection: true,
  rateLimit: { enabled: false },
});

const mib = (bytes: number) => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;

/** Planners, that is; a worker's message port keeps it among what is alive. */
const threadCount = () => process.getActiveResourcesInfo().filter((kind) => kind === 'MessagePort').length;

/** The shop's supergraph of a number: each is another one, and its neighbours differ in fields and in their owner. */
function supergraphs(urls: Readonly<Record<string, string>>): (number: number) => string {
  const variants = Array.from({ length: VARIANTS }, (_, number) => {
    const { supergraphSdl, errors } = composeServices(
      SUBGRAPHS.map((name) => {
        const sdl = schemaOf(name);
        const described = name === 'inventory' ? sdl.replace(/^type Query/m, '"NUMBER" type Query') : sdl;
        return { name, url: urls[name] ?? '', typeDefs: parse(ofVariant(described, name, number)) };
      }),
    );
    if (supergraphSdl === undefined) throw new AggregateError(errors ?? []);
    return supergraphSdl;
  });
  return (number) => variants[number % VARIANTS]?.replace('NUMBER', `number ${number}`) ?? '';
}

function startLoad(shared: SharedArrayBuffer) {
  const worker = new Worker(new URL('../testing/swap-load.ts', import.meta.url), { workerData: shared, execArgv: [] });
  const reports: LoadReport[] = [];
  let failure: unknown;
  worker.on('message', (report: LoadReport) => reports.push(report));
  worker.on('error', (error) => {
    failure = error;
  });
  return {
    send: (command: LoadCommand) => worker.postMessage(command),
    next: async <K extends LoadReport['kind']>(kind: K) =>
      (await until(
        kind,
        () => {
          if (failure !== undefined) throw failure;
          return reports.find((report) => report.kind === kind);
        },
        60_000,
      )) as Extract<LoadReport, { kind: K }>,
  };
}
