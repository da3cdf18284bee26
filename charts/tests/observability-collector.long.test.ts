import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTraceCollector, type TraceCollector } from '../../packages/service-kit/src/testing/trace-collector.ts';
import { freePorts } from '../../scripts/testing/free-ports.ts';
import { lanes } from '../../scripts/testing/lanes.ts';
import { type CollectorPorts, chartConfig, gatewayConfig } from '../testing/collector/chart-config.ts';
import { newTraceId, type SentTrace, sendTrace } from '../testing/collector/send-trace.ts';
import { type RunningCollector, startCollector } from '../testing/collector/start-collector.ts';

const otelcol = lanes.otelcol.find() ?? '';
const folder = mkdtempSync(join(tmpdir(), 'tributary-collector-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(otelcol === '')('a real collector', () => {
  it.each([
    ['collector-agent', 1],
    ['collector-agent', 2],
    ['collector-gateway', 2],
  ] as const)('accepts the configuration of the %s, where there are %d gateways', (name, replicas) => {
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, chartConfig(name, { gateway: { replicas } }));
    const env = { K8S_NODE_NAME: 'node-1' };
    const { status, stderr } = spawnSync(otelcol, ['validate', '--config', file], { encoding: 'utf8', env });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe.skipIf(otelcol === '')('a real collector, with the configuration of the gateway', () => {
  const text = async (port: number, path: string) =>
    await (await fetch(`http://127.0.0.1:${port}${path}`, { headers: { accept: OPEN_METRICS } })).text();
  let ports: CollectorPorts & { spans: number };
  let kept: TraceCollector;
  let collector: RunningCollector;

  beforeAll(async () => {
    const [grpc = 0, http = 0, health = 0, own = 0, spans = 0] = await freePorts(5);
    ports = { grpc, http, health, own, spans };
    kept = await startTraceCollector();
    const config = gatewayConfig({ kept: kept.endpoint, ports, percentage: 0 });
    collector = await startCollector(otelcol, { config, file: join(folder, 'config.yaml'), folder });
  }, 60_000);

  afterAll(async () => {
    await collector.kill();
    await kept.close();
  });

  it('keeps traces with an error and slow ones, and no others of a share of none; it counts them all', async () => {
    const { http, spans } = ports;
    const [quick, failed, slow] = [
      { ms: 10, failed: false },
      { ms: 10, failed: true },
      { ms: 900, failed: false },
    ].map((trace) => ({ ...trace, traceId: newTraceId() })) as [SentTrace, SentTrace, SentTrace];
    for (const trace of [quick, failed, slow]) expect(await sendTrace(http, trace)).toBe(200);
    const seen = () => kept.spans.map(({ traceId }) => traceId).sort();
    await expect.poll(seen, { timeout: 30_000 }).toEqual([failed.traceId, slow.traceId].sort());

    // Exemplars are there until the next counts are handed out.
    const counted = async () => {
      const metrics = await text(spans, '/metrics');
      const counts = metrics.matchAll(/^traces_span_metrics_duration_seconds_count\{(.*?)\} (\d+)/gm);
      return {
        series: [...counts].map(([, labels, count]) => `${labels} ${count}`).sort(),
        leadsToSlow: new RegExp(`_bucket\\{.*# \\{.*trace_id="${slow.traceId}"`).test(metrics),
      };
    };
    const series = 'service_name="users",span_kind="SPAN_KIND_SERVER",span_name="POST /graphql",status_code';
    await expect.poll(counted, { timeout: 30_000 }).toEqual({
      series: [`${series}="STATUS_CODE_ERROR" 1`, `${series}="STATUS_CODE_UNSET" 2`],
      leadsToSlow: true,
    });
    // Decided on, so not kept for want of time.
    expect(seen()).not.toContain(quick.traceId);
  }, 90_000);
});

const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0';
