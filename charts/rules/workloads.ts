/** Deployments and StatefulSets that the charts have besides the services, by their names without the graph's. */
const PARTS = [
  'alertmanager',
  'collector-gateway',
  'elasticsearch',
  'elasticsearch-exporter',
  'grafana',
  'jaeger',
  'kibana',
  'nats',
  'postgres',
  'prometheus',
  'redis',
  'sandbox-provider',
];

/** What follows a name: of a canary, of what ECK makes, and of a StatefulSet's volume. */
const SUFFIXES = '(-canary|-es-default|-kb)?(-[0-9]+)?';

/**
 * Adds the label `service` to what is known of a workload: the service's name or a part's, `<graph>-<name>`; of anything
 * else its own name as it is. The label `label` names the workload, its autoscaler or its volume.
 *
 * @param services the gateway and the subgraphs
 */
export function withService(expr: string, label: string, services: readonly string[]): string {
  // The graph's name ends as early as it can: `collector-gateway` is not the gateway.
  const known = `.+?-(${[...services, ...PARTS].sort().join('|')})${SUFFIXES}`;
  const named = `label_replace(${expr}, "service", "$1", "${label}", "(.+)")`;
  return `label_replace(${named}, "service", "$1", "${label}", "${known}")`;
}
