import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { freePorts } from '../../scripts/testing/free-ports.ts';
import { lanes } from '../../scripts/testing/lanes.ts';
import { killServer, startServer } from '../../scripts/testing/server-process.ts';
import { startAlertmanager, writeAlertmanagerConfig } from '../testing/alertmanager.ts';
import { gatewayConfig } from '../testing/collector/chart-config.ts';
import { newTraceId, sendTrace } from '../testing/collector/send-trace.ts';
import { startCollector } from '../testing/collector/start-collector.ts';
import { missingFrom } from '../testing/exposed-series.ts';
import { findPrometheusTool } from '../testing/prometheus-tools.ts';
import { renderChart } from '../testing/render-chart.ts';
import { readRuleFiles } from '../testing/rule-files.ts';
import { type SearchNode, startSearchNode } from '../testing/search-node.ts';
import { OBSERVABILITY } from './value-cases.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tributary-foreign-metrics-'));
afterAll(() => rmSync(folder, { recursive: true }));

const text = async (url: string): Promise<string> => await (await fetch(url)).text();

/** Until a scrape has all that is listed for the exporter. */
const expectAll = (exporter: string, url: string) =>
  expect
    .poll(async () => missingFrom(await text(url).catch(() => ''), exporter), { timeout: 60_000, interval: 500 })
    .toEqual([]);

/** One that takes what is sent, and never answers. */
async function silentServer(): Promise<{ server: Server; url: string }> {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const prometheus = findPrometheusTool('prometheus');

describe.skipIf(prometheus === undefined)('Prometheus', () => {
  it('has what is listed of it, with the rules that are shipped', async () => {
    const [port = 0] = await freePorts(1);
    const config = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: readRuleFiles(root).map(({ path }) => path),
      scrape_configs: [{ job_name: 'prometheus', static_configs: [{ targets: [`127.0.0.1:${port}`] }] }],
    };
    const file = join(folder, 'prometheus.yaml');
    writeFileSync(file, stringify(config));
    const storage = `--storage.tsdb.path=${join(folder, 'prometheus')}`;
    const args = [`--config.file=${file}`, storage, `--web.listen-address=127.0.0.1:${port}`];
    const server = startServer(prometheus ?? '', args, folder);
    try {
      const url = `http://127.0.0.1:${port}`;
      await expectAll('Prometheus', `${url}/metrics`);
      const labelsOf = async (query: string) => {
        const answer = JSON.parse(await text(`${url}/api/v1/query?query=${encodeURIComponent(query)}`));
        return Object.keys(answer.data.result[0]?.metric ?? {}).sort();
      };
      const asked = ['__name__', 'alertname', 'alertstate', 'service', 'severity', 'team'];
      await expect.poll(() => labelsOf('ALERTS{alertname="Watchdog"}'), { timeout: 60_000 }).toEqual(asked);
      await expect.poll(() => labelsOf('up'), { timeout: 60_000 }).toEqual(['__name__', 'instance', 'job']);
    } finally {
      await killServer(server, 'SIGKILL');
    }
  }, 130_000);
});

describe.skipIf(lanes.alertmanager.find() === undefined)('Alertmanager', () => {
  it('has what is listed of it, with the configuration that is shipped', async () => {
    const own = join(folder, 'alertmanager');
    mkdirSync(own);
    const config = writeAlertmanagerConfig(root, own, 'http://127.0.0.1:1');
    const binary = findPrometheusTool('prometheus-alertmanager') ?? '';
    const one = await startAlertmanager(binary, { config, storage: join(own, 'data'), peers: [] });
    try {
      await expectAll('Alertmanager', `${one.url}/metrics`);
    } finally {
      await one.stop();
    }
  }, 90_000);
});

describe.skipIf(lanes.otelcol.find() === undefined)('the collector', () => {
  it('has what is listed of it, when spans cannot be sent, kept or taken', async () => {
    const { server, url } = await silentServer();
    const [grpc = 0, http = 0, health = 0, own = 0, spans = 0] = await freePorts(5);
    const config = gatewayConfig({ kept: url, ports: { grpc, http, health, own, spans }, percentage: 0 });
    config.exporters['otlp_http/silent'] = { endpoint: url, sending_queue: { num_consumers: 1, queue_size: 1 } };
    config.exporters['otlp_http/gone'] = { endpoint: 'http://127.0.0.1:1', retry_on_failure: { enabled: false } };
    const exporters = ['otlp_http/silent', 'otlp_http/gone'];
    config.service.pipelines['traces/lost'] = { receivers: ['otlp'], exporters };
    const file = join(folder, 'collector.yaml');
    const collector = await startCollector(lanes.otelcol.find() ?? '', { config, file, folder });
    try {
      // One is on its way, one waits, and for the third there is no room.
      for (let sent = 0; sent < 4; sent++) await sendTrace(http, { traceId: newTraceId(), ms: 5, failed: false });
      await expectAll('OpenTelemetry Collector', `http://127.0.0.1:${own}/metrics`);
    } finally {
      await collector.kill();
      server.closeAllConnections();
      server.close();
    }
  }, 130_000);
});

/** What Elasticsearch says of lifecycles, which OpenSearch does not have. */
const LIFECYCLES: Record<string, object> = {
  '/_all/_ilm/explain': {
    indices: {
      'logs-000001': { index: 'logs-000001', managed: true, phase: 'hot', action: 'rollover', step: 'ERROR' },
    },
  },
  '/_ilm/status': { operation_mode: 'RUNNING' },
};

describe.skipIf(lanes.searchNode.find() === undefined || lanes.elasticsearchExporter.find() === undefined)(
  "Elasticsearch's exporter",
  () => {
    let node: SearchNode;
    let inFront: Server;
    beforeAll(async () => {
      node = await startSearchNode();
      inFront = createServer(async ({ url = '' }, response) => {
        const { pathname } = new URL(url, node.url);
        const body = pathname in LIFECYCLES ? JSON.stringify(LIFECYCLES[pathname]) : await text(`${node.url}${url}`);
        response.writeHead(200, { 'content-type': 'application/json' }).end(body);
      }).listen(0, '127.0.0.1');
      await once(inFront, 'listening');
      for (const [path, body] of [
        ['/_snapshot/backups', { type: 'fs', settings: { location: 'backups' } }],
        ['/_snapshot/backups/first?wait_for_completion=true', {}],
      ] as const) {
        const headers = { 'content-type': 'application/json' };
        const made = await fetch(`${node.url}${path}`, { method: 'PUT', headers, body: JSON.stringify(body) });
        expect(made.status, await made.text()).toBe(200);
      }
    }, 150_000);
    afterAll(async () => {
      inFront?.close();
      await node?.[Symbol.asyncDispose]();
    });

    it('has what is listed of it, with the arguments that the chart gives it', async () => {
      const snapshots = { enabled: true, repository: 'backups' };
      const elsewhere = { mode: 'existing', url: 'http://elasticsearch:9200', existingSecret: 'elasticsearch' };
      const values = { elasticsearch: { ...elsewhere, snapshots }, kibana: { enabled: false } };
      const { objects } = renderChart({ chart: OBSERVABILITY, values });
      const deployment = objects.find(
        ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'tributary-elasticsearch-exporter',
      );
      const { args } = (deployment as Loose).spec.template.spec.containers[0];
      const [port = 0] = await freePorts(1);
      const uri = `--es.uri=http://127.0.0.1:${(inFront.address() as AddressInfo).port}`;
      const own = args.map((arg: string) => (arg.startsWith('--es.uri=') ? uri : arg));
      const binary = lanes.elasticsearchExporter.find() ?? '';
      const exporter = startServer(binary, [...own, `--web.listen-address=127.0.0.1:${port}`], folder);
      try {
        await expectAll('elasticsearch_exporter', `http://127.0.0.1:${port}/metrics`);
        const metrics = await text(`http://127.0.0.1:${port}/metrics`);
        expect(metrics).toMatch(/^elasticsearch_ilm_index_status\{.*step="ERROR"\} 1$/m);
        expect(metrics).toMatch(/^elasticsearch_cluster_health_status\{/m);

        // ElasticsearchDown rests on it: with nobody behind it the exporter answers, and says nothing of health.
        inFront.close();
        inFront.closeAllConnections();
        const isHealthKnown = async () =>
          (await text(`http://127.0.0.1:${port}/metrics`)).includes('elasticsearch_cluster_health_status{');
        await expect.poll(isHealthKnown, { timeout: 30_000 }).toBe(false);
      } finally {
        await killServer(exporter, 'SIGKILL');
      }
    }, 90_000);
  },
);

// biome-ignore lint/suspicious/noExplicitAny: a manifest is looked into
type Loose = any;
