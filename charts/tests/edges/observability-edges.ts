import type { EdgeGroup } from './edge.ts';

/** What runs of the observability stack, each by the port that the kubelet probes. */
const probed = {
  'collector-agent': 13_133,
  'collector-gateway': 13_133,
  jaeger: 13_133,
  prometheus: 9090,
  alertmanager: 9093,
  grafana: 3000,
  fluentd: 24_231,
  elasticsearch: 9399,
  'elasticsearch-exporter': 9114,
  kibana: 5601,
};
const jobs = ['jaeger-cleaner', 'elasticsearch-setup', 'kibana-setup'];

/** Its pods and Jobs, by the names that edges have for them. */
export const observabilityParts = [...Object.keys(probed), ...jobs];

/** From each of `sources` to `destination`. */
const to = (destination: string, port: number, sources: readonly string[], reason: string): EdgeGroup => ({
  ...{ reason, sources, destinations: [destination], port },
  when: { observability: true },
});

/**
 * What the release's own observability needs, where Kubernetes' API has an address (networkPolicy.apiServer). Written by hand
 * and reviewed. Its pods have no sidecar, in the mesh neither.
 *
 * @param services the graph's
 */
export const observabilityEdges = (services: readonly string[]): readonly EdgeGroup[] => [
  ...Object.entries(probed).map(([part, port]) => to(part, port, ['kubelet'], `The kubelet probes ${part}.`)),
  to('collector-agent', 4318, services, 'Spans: OTLP over HTTP, to the agent of the node.'),
  {
    reason: "Spans of the sidecars: OTLP over gRPC, as Istio's provider sends it.",
    ...{ sources: services, destinations: ['collector-agent'], port: 4317, when: { observability: true, mesh: true } },
  },
  ...[4317, 4318].map((port) => ({
    reason: "Spans of the mesh's ingress, by whichever of the two its provider sends.",
    ...{ sources: ['ingress'], destinations: ['collector-agent'], port, when: { observability: true, mesh: true } },
  })),
  to('collector-gateway', 4317, ['collector-agent'], 'All spans of a trace, to one gateway.'),
  to('jaeger', 4317, ['collector-gateway'], 'Traces that are kept.'),

  to('collector-agent', 8888, ['prometheus'], 'Metrics of the collector itself.'),
  to('collector-gateway', 8888, ['prometheus'], 'Metrics of the collector itself.'),
  to('collector-gateway', 8889, ['prometheus'], 'Metrics that are made of spans.'),
  to('jaeger', 8888, ['prometheus'], 'Metrics.'),
  to('grafana', 3000, ['prometheus'], 'Metrics.'),
  to('fluentd', 24_231, ['prometheus'], 'Metrics: what waits to be delivered.'),
  to('elasticsearch-exporter', 9114, ['prometheus'], "Metrics: Elasticsearch's health."),
  to('kubelets', 10_250, ['prometheus'], 'Metrics of containers and volumes.'),
  to('alertmanager', 9093, ['prometheus'], 'Alerts; and metrics.'),

  ...(['UDP', undefined] as const).map((protocol): EdgeGroup => {
    const group = to('dns', 53, [...Object.keys(probed), ...jobs].filter(asksByName), 'They know each other by name.');
    return { ...group, ...(protocol && { protocol }) };
  }),
  ...[443, 6443].map((port) =>
    to('api', port, ['collector-agent', 'fluentd', 'prometheus'], "They ask Kubernetes' API which pods there are."),
  ),
  ...(['UDP', undefined] as const).map((protocol): EdgeGroup => {
    const group = to('alertmanager', 9094, ['alertmanager'], 'They agree on who notifies, and on silences.');
    return { ...group, ...(protocol && { protocol }) };
  }),
  to('internet', 443, ['alertmanager'], 'Whom it tells of alerts.'),
  ...['intranet', 'stranger', 'api'].map((host) =>
    to(host, 443, ['alertmanager'], 'Whom it tells of alerts may be anywhere: alertmanager.egress says where.'),
  ),

  to('prometheus', 9090, ['grafana'], 'Dashboards.'),
  to('alertmanager', 9093, ['grafana'], 'Alerts, and silences.'),
  to('jaeger', 16_686, ['grafana'], 'Traces.'),
  to('elasticsearch', 9200, ['grafana'], 'Log lines.'),

  to('elasticsearch', 9200, ['fluentd'], 'Log lines.'),
  to('elasticsearch', 9200, ['jaeger'], 'Traces.'),
  to('elasticsearch', 9200, ['jaeger-cleaner'], 'Traces that are old enough are deleted.'),
  to('elasticsearch', 9200, ['elasticsearch-setup'], 'Templates and lifecycles are made before Fluentd writes.'),
  to('elasticsearch', 9200, ['elasticsearch-exporter'], 'Its health.'),
  to('elasticsearch', 9200, ['kibana'], 'What it shows, and its own settings.'),
  to('kibana', 5601, ['kibana-setup'], 'Data views, dashboards and rules.'),
];

/** The one node of Elasticsearch has nobody to ask. */
function asksByName(part: string): boolean {
  return part !== 'elasticsearch';
}
