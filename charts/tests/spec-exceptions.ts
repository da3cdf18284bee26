import type { SpecException } from '../testing/spec-facts.ts';

const evaluation = 'evaluation only: one pod, which is stopped before the next starts';
const onePod = 'one pod, as what it holds is on one volume';
const onEachNode = 'one on each node, which drains leave alone';
const external = 'made before the chart is installed, as the values say that name it';

/** Where the charts do without what holds for every workload; `charts/testing/spec-facts.ts` has the rules. */
export const specExceptions: readonly SpecException[] = [
  ...['Deployment *-redis', 'Deployment *-sandbox-provider', 'StatefulSet *-nats', 'StatefulSet *-postgres'].flatMap(
    (object) => [
      { object, rule: 'probes', reason: 'it has no admin port, and is probed where it serves' } as const,
      { object, rule: 'topology-spread', reason: evaluation } as const,
      { object, rule: 'disruption-budget', reason: evaluation } as const,
      { object, rule: 'grace-period', reason: 'how long it drains is not configured here' } as const,
    ],
  ),
  { object: 'Deployment *-redis', rule: 'rolling-update', reason: evaluation },
  { object: 'Deployment *-sandbox-provider', rule: 'rolling-update', reason: evaluation },
  { object: 'ConfigMap *-supergraph', rule: 'checksum', reason: 'the gateway watches it, and swaps without a restart' },
  ...['gateway', 'notifications'].map(
    (service) => ({ object: `Secret ${service}-identity`, rule: 'reference', reason: external }) as const,
  ),
  ...['inventory', 'notifications', 'orders', 'payments', 'reviews', 'users'].map(
    (service) => ({ object: `Secret ${service}-database`, rule: 'reference', reason: external }) as const,
  ),
  ...['Secret nats', 'Secret notifications', 'Secret payments', 'Secret redis', 'Secret users', 'Secret registry'].map(
    (object) => ({ object, rule: 'reference', reason: external }) as const,
  ),
  { object: 'ConfigMap my-supergraph', rule: 'reference', reason: external },
  ...['StatefulSet *-prometheus', 'StatefulSet *-alertmanager', 'StatefulSet *-grafana'].map(
    (object) => ({ object, rule: 'probes', reason: 'it has no admin port, and is probed where it serves' }) as const,
  ),
  ...['StatefulSet *-prometheus', 'StatefulSet *-grafana'].flatMap((object) => [
    { object, rule: 'topology-spread', reason: onePod } as const,
    { object, rule: 'disruption-budget', reason: onePod } as const,
  ]),
  { object: 'DaemonSet *-collector-agent', rule: 'topology-spread', reason: onEachNode },
  { object: 'DaemonSet *-collector-agent', rule: 'disruption-budget', reason: onEachNode },
  { object: 'Deployment *-collector-gateway', rule: 'disruption-budget', reason: 'one pod, where the values say so' },
  { object: 'Deployment *-jaeger', rule: 'disruption-budget', reason: 'one pod, where the values say so' },
  { object: 'StatefulSet *-alertmanager', rule: 'disruption-budget', reason: 'one pod, where the values say so' },
  ...[
    ...['DaemonSet *-collector-agent', 'Deployment *-collector-gateway', 'Deployment *-jaeger'],
    ...['StatefulSet *-prometheus', 'StatefulSet *-alertmanager', 'StatefulSet *-grafana'],
  ].map((object) => ({ object, rule: 'grace-period', reason: 'how long it drains is not configured here' }) as const),
  { object: 'DaemonSet *-collector-agent', rule: 'no-token', reason: "it asks Kubernetes' API whose span it is" },
  { object: 'StatefulSet *-prometheus', rule: 'no-token', reason: "it asks Kubernetes' API which pods there are" },
  ...['ConfigMap *-prometheus', 'ConfigMap *-prometheus-rules'].map(
    (object) => ({ object, rule: 'checksum', reason: 'a change is read without a restart' }) as const,
  ),
  ...(['run-as-non-root', 'numeric-user'] as const).map(
    (rule) =>
      ({ object: 'DaemonSet *-fluentd', rule, reason: "the runtime's files are root's, and nobody else's" }) as const,
  ),
  { object: 'DaemonSet *-fluentd', rule: 'no-host-access', reason: "it reads the node's log files, and buffers there" },
  { object: 'DaemonSet *-fluentd', rule: 'no-token', reason: "it asks Kubernetes' API whose line it is" },
  { object: 'DaemonSet *-fluentd', rule: 'topology-spread', reason: onEachNode },
  { object: 'DaemonSet *-fluentd', rule: 'disruption-budget', reason: onEachNode },
  ...['StatefulSet *-elasticsearch', 'Deployment *-elasticsearch-exporter', 'Deployment *-kibana'].flatMap((object) => [
    { object, rule: 'topology-spread', reason: 'one pod' } as const,
    { object, rule: 'disruption-budget', reason: 'one pod' } as const,
  ]),
  ...[
    ...['DaemonSet *-fluentd', 'StatefulSet *-elasticsearch'],
    ...['Deployment *-elasticsearch-exporter', 'Deployment *-kibana'],
  ].flatMap((object) => [
    { object, rule: 'probes', reason: 'it has no admin port, and is probed where it serves' } as const,
    { object, rule: 'grace-period', reason: 'how long it drains is not configured here' } as const,
  ]),
  ...['Secret elasticsearch', 'Secret alert-receivers', 'Secret grafana-admin'].map(
    (object) => ({ object, rule: 'reference', reason: external }) as const,
  ),
  {
    object: 'Secret tributary-gateway-identity',
    rule: 'reference',
    reason: "the gateway's own release makes it, where services are released one by one",
  },
];
