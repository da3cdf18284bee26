import { parse } from 'yaml';
import { OBSERVABILITY } from '../../tests/value-cases.ts';
import { renderChart } from '../render-chart.ts';

// biome-ignore lint/suspicious/noExplicitAny: configuration of a collector
type Config = any;

/** Where a collector of a test listens, in place of the ports of its pod. */
export interface CollectorPorts {
  grpc: number;
  http: number;
  health: number;
  /** Its own metrics. */
  own: number;
}

/** The configuration of an agent or a gateway as the chart makes it, in YAML. */
export function chartConfig(name: 'collector-agent' | 'collector-gateway', collector: object): string {
  const { objects } = renderChart({ chart: OBSERVABILITY, values: { collector } });
  const map = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.endsWith(`-${name}`));
  return map?.data['config.yaml'];
}

/** The gateway's, but with ports of a test, and what it keeps sent to the test. */
export function gatewayConfig({
  kept,
  host = '127.0.0.1',
  ports,
  percentage,
}: {
  /** Takes OTLP over HTTP in JSON. */
  kept: string;
  host?: string;
  ports: CollectorPorts & { spans: number };
  /** Of traces that are neither slow nor failed. */
  percentage: number;
}): Config {
  const tailSampling = { decisionWait: '1s', slowerThanMs: 500, percentage };
  const config = listeningAt(parse(chartConfig('collector-gateway', { tailSampling })), host, ports);
  config.exporters.prometheus.endpoint = `${host}:${ports.spans}`;
  config.connectors.span_metrics.metrics_flush_interval = '5s';
  config.exporters['otlp_http/test'] = { endpoint: kept, encoding: 'json', compression: 'none' };
  config.service.pipelines['traces/kept'].exporters = ['otlp_http/test'];
  delete config.exporters['otlp_grpc/jaeger'];
  return config;
}

/** The agent's before several gateways, which are all at one port. It asks no Kubernetes whose a span is. */
export function agentConfig(ports: CollectorPorts, gatewayPort: number): Config {
  const config = listeningAt(parse(chartConfig('collector-agent', { gateway: { replicas: 2 } })), '127.0.0.1', ports);
  config.exporters.load_balancing.resolver.dns.port = String(gatewayPort);
  const { traces } = config.service.pipelines;
  traces.processors = traces.processors.filter((name: string) => name !== 'k8s_attributes');
  delete config.processors.k8s_attributes;
  return config;
}

function listeningAt(config: Config, host: string, { grpc, http, health, own }: CollectorPorts): Config {
  config.receivers.otlp.protocols = {
    grpc: { endpoint: `${host}:${grpc}` },
    http: { endpoint: `${host}:${http}` },
  };
  config.extensions.health_check.endpoint = `${host}:${health}`;
  const { prometheus } = config.service.telemetry.metrics.readers[0].pull.exporter;
  Object.assign(prometheus, { host, port: own });
  return config;
}
