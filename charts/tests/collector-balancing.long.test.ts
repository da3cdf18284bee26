import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTraceCollector, type TraceCollector } from '../../packages/service-kit/src/testing/trace-collector.ts';
import { freePorts } from '../../scripts/testing/free-ports.ts';
import { lanes } from '../../scripts/testing/lanes.ts';
import { agentConfig, gatewayConfig } from '../testing/collector/chart-config.ts';
import { newTraceId, sendTrace } from '../testing/collector/send-trace.ts';
import { type RunningCollector, startCollector } from '../testing/collector/start-collector.ts';

const otelcol = lanes.otelcol.find() ?? '';
const folder = mkdtempSync(join(tmpdir(), 'tributary-balancing-'));
/** What agents find the gateways by, as the headless Service's name in the cluster's DNS. */
const hosts = join(folder, 'hosts');
const GATEWAYS = ['127.0.0.1', '127.0.0.2'] as const;
const TRACES = 40;

afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(otelcol === '')('agents before two gateways', () => {
  const kept: TraceCollector[] = [];
  const running: RunningCollector[] = [];
  const agents: number[] = [];

  beforeAll(async () => {
    const [gateway = 0] = await freePorts(1);
    const addresses = GATEWAYS.map((host) => `${host} tributary-collector-gateway.shop.svc`);
    writeFileSync(hosts, `${addresses.join('\n')}\n`);
    for (const host of GATEWAYS) {
      const collector = await startTraceCollector();
      kept.push(collector);
      const [http = 0, health = 0, own = 0, spans = 0] = await freePorts(4);
      const ports = { grpc: gateway, http, health, own, spans };
      const config = gatewayConfig({ kept: collector.endpoint, host, ports, percentage: 100 });
      running.push(await startCollector(otelcol, { config, file: join(folder, `gateway-${host}.yaml`), folder }));
    }
    for (const name of ['one', 'other']) {
      const [grpc = 0, http = 0, health = 0, own = 0] = await freePorts(4);
      const config = agentConfig({ grpc, http, health, own }, gateway);
      running.push(await startCollector(otelcol, { config, file: join(folder, `${name}.yaml`), folder, hosts }));
      agents.push(http);
    }
  }, 90_000);

  afterAll(async () => {
    for (const collector of running) await collector.kill();
    for (const collector of kept) await collector.close();
  });

  /** A span by each agent, of each of so many new traces. */
  async function send(): Promise<string[]> {
    const ids = Array.from({ length: TRACES }, newTraceId);
    for (const traceId of ids) {
      for (const agent of agents) expect(await sendTrace(agent, { traceId, ms: 5, failed: false })).toBe(200);
    }
    return ids;
  }

  /** How many spans of each trace a gateway has handed on. */
  const spansOf = (ids: readonly string[]) =>
    kept.map(({ spans }) => ids.map((id) => spans.filter(({ traceId }) => traceId === id).length));

  it('hand all spans of one trace to the same of them', async () => {
    const ids = await send();
    const total = () =>
      spansOf(ids)
        .flat()
        .reduce((sum, count) => sum + count, 0);
    await expect.poll(total, { timeout: 30_000 }).toBe(2 * TRACES);
    const [one = [], other = []] = spansOf(ids);
    expect(new Set([...one, ...other])).toEqual(new Set([0, 2]));
    for (const counts of [one, other]) expect(counts.filter((count) => count === 2).length).toBeGreaterThan(TRACES / 8);
  }, 60_000);

  it('hand what is sent while one of them dies, and later, to the other', async () => {
    await running[0]?.kill();
    // Its name still leads there.
    const ids = await send();
    writeFileSync(hosts, `${GATEWAYS[1]} tributary-collector-gateway.shop.svc\n`);
    const missing = (some: readonly string[]) => () => spansOf(some)[1]?.filter((count) => count < 2).length;
    await expect.poll(missing(ids), { timeout: 90_000 }).toBe(0);
    await expect.poll(missing(await send()), { timeout: 30_000 }).toBe(0);
  }, 150_000);
});
