import type { EdgeGroup } from './edge.ts';
import { graphEdges } from './graph-edges.ts';
import { observabilityEdges } from './observability-edges.ts';

const subgraphs = graphEdges
  .filter(({ source, destination }) => source === 'gateway' && destination !== 'nats')
  .map(({ destination }) => destination);
const services = ['gateway', ...subgraphs];
const migrations = graphEdges
  .filter(({ destination }) => destination === 'postgres')
  .map(({ source }) => `${source}-migrate`);

/**
 * What runs a graph needs besides the graph's own edges. Written by hand and reviewed. Outside of the graph are: kubelet (of
 * the pod's own node), dns (kube-system), prometheus, collector (OpenTelemetry), istiod, ingress (its pods, of the mesh or
 * of an Ingress controller), issuer, provider, mail, database, and internet: any public address, and no private one. With the
 * release's own observability, prometheus is a part of it, and besides there are api (Kubernetes'), kubelets (of all nodes),
 * intranet (any private address) and stranger (a pod of another namespace).
 */
export const platformEdges: readonly EdgeGroup[] = [
  {
    reason: 'The kubelet probes each service at its admin port.',
    ...{ sources: ['kubelet'], destinations: services, port: 9400, when: { mesh: false } },
  },
  {
    reason: 'The kubelet probes the broker at its monitoring port.',
    ...{ sources: ['kubelet'], destinations: ['nats'], port: 8222, when: { mesh: false, nats: true } },
  },
  {
    reason: 'The kubelet probes Redis by a connection.',
    ...{ sources: ['kubelet'], destinations: ['redis'], port: 6379, when: { mesh: false, redis: true } },
  },
  {
    reason: 'The kubelet probes the sandbox provider by a connection.',
    ...{ sources: ['kubelet'], destinations: ['sandbox-provider'], port: 4090 },
    when: { mesh: false, sandboxProvider: true },
  },
  {
    reason: "In the mesh a probe comes to the sidecar's agent, which asks the container itself.",
    ...{ sources: ['kubelet'], destinations: services, port: 15020, when: { mesh: true } },
  },
  {
    reason: "In the mesh a probe comes to the sidecar's agent, which asks the broker itself.",
    ...{ sources: ['kubelet'], destinations: ['nats'], port: 15020, when: { mesh: true, nats: true } },
  },
  {
    reason: "In the mesh a probe comes to the sidecar's agent, which asks Redis itself.",
    ...{ sources: ['kubelet'], destinations: ['redis'], port: 15020, when: { mesh: true, redis: true } },
  },
  {
    reason: "In the mesh a probe comes to the sidecar's agent, which asks the sandbox provider itself.",
    ...{ sources: ['kubelet'], destinations: ['sandbox-provider'], port: 15020 },
    when: { mesh: true, sandboxProvider: true },
  },
  ...(['UDP', undefined] as const).flatMap((protocol): EdgeGroup[] => {
    const over = { destinations: ['dns'], port: 53, ...(protocol === undefined ? {} : { protocol }) };
    return [
      { reason: 'Services know each other, and what is outside, by name.', sources: services, ...over },
      { reason: 'The test knows the gateway by name.', sources: ['helm-test'], ...over },
      {
        reason: 'The Job that makes roles knows the database by name.',
        ...{ sources: ['provision'], ...over, when: { postgres: true } },
      },
      {
        reason: 'Jobs that migrate know the database outside by name.',
        ...{ sources: migrations, ...over, when: { postgres: false, migrationHook: true } },
      },
      {
        reason: 'Sends webhooks to payments, which it knows by name.',
        ...{ sources: ['sandbox-provider'], ...over, when: { sandboxProvider: true } },
      },
      {
        reason: 'The sidecar of the evaluation database knows istiod by name.',
        ...{ sources: ['postgres'], ...over, when: { mesh: true, postgres: true } },
      },
      {
        reason: 'The sidecar of the evaluation broker knows istiod by name.',
        ...{ sources: ['nats'], ...over, when: { mesh: true, nats: true } },
      },
      {
        reason: 'The sidecar of the evaluation Redis knows istiod by name.',
        ...{ sources: ['redis'], ...over, when: { mesh: true, redis: true } },
      },
    ];
  }),
  {
    reason: 'Metrics.',
    ...{ sources: ['prometheus'], destinations: services, port: 9400, when: { mesh: false } },
  },
  {
    reason: "Metrics, given out by the sidecar's agent, as the admin port takes no plaintext.",
    ...{ sources: ['prometheus'], destinations: services, port: 15020, when: { mesh: true } },
  },
  {
    reason: 'Traces: OTLP over HTTP.',
    ...{ sources: services, destinations: ['collector'], port: 4318, when: { tracing: true } },
  },
  {
    reason: "Traces of the sidecars: OTLP over gRPC, as Istio's provider sends it.",
    ...{ sources: services, destinations: ['collector'], port: 4317, when: { tracing: true, mesh: true } },
  },
  {
    reason: "Keys by which the gateway checks another issuer's tokens. Those of users come by the graph's edge.",
    ...{ sources: ['gateway'], destinations: ['issuer'], port: 443, when: { externalIssuer: true } },
  },
  {
    reason: 'Clients come through the Ingress.',
    ...{ sources: ['ingress'], destinations: ['gateway'], port: 4000, when: { ingress: true } },
  },
  {
    reason: "Clients come through the mesh's ingress.",
    ...{ sources: ['ingress'], destinations: ['gateway'], port: 4000, when: { mesh: true, ingress: false } },
  },
  {
    reason: 'The test makes a purchase, or a query.',
    ...{ sources: ['helm-test'], destinations: ['gateway'], port: 4000 },
  },
  {
    reason:
      "Makes each service's role. Its migrations are an init container's, which the service's own edge lets through.",
    ...{ sources: ['provision'], destinations: ['postgres'], port: 5432, when: { postgres: true } },
  },
  {
    reason: 'Migrations before an upgrade are a Job of their own, with a database outside.',
    ...{ sources: migrations, destinations: ['database'], port: 5432 },
    when: { postgres: false, migrationHook: true },
  },
  {
    reason: 'Gateways share their rate limits.',
    ...{ sources: ['gateway'], destinations: ['redis'], port: 6379, when: { redis: true } },
  },
  {
    reason: 'Payments are made at the provider: in evaluation, the sandbox.',
    ...{ sources: ['payments'], destinations: ['sandbox-provider'], port: 4090, when: { sandboxProvider: true } },
  },
  {
    reason: 'The sandbox tells of payments by webhook. A real provider does so through the gateway.',
    ...{ sources: ['sandbox-provider'], destinations: ['payments'], port: 4000, when: { sandboxProvider: true } },
  },
  {
    reason: 'Payments are made at the provider.',
    ...{ sources: ['payments'], destinations: ['provider'], port: 443, when: { sandboxProvider: false } },
  },
  {
    reason: 'E-mails, by STARTTLS; 465 in its place where the mail server has TLS from the start.',
    ...{ sources: ['notifications'], destinations: ['mail'], port: 587, when: { smtp: true } },
  },
  {
    reason: "Customers' webhooks, wherever they are: public addresses alone, and HTTPS alone.",
    ...{ sources: ['notifications'], destinations: ['internet'], port: 443 },
  },
  ...(
    [
      [services, {}],
      [['helm-test'], {}],
      [['provision', 'postgres'], { postgres: true }],
      [['nats'], { nats: true }],
      [['redis'], { redis: true }],
      [['sandbox-provider'], { sandboxProvider: true }],
    ] as const
  ).map(
    ([sources, when]): EdgeGroup => ({
      reason: 'The sidecar has its certificate and its routes from istiod.',
      ...{ sources, destinations: ['istiod'], port: 15012, when: { mesh: true, ...when } },
    }),
  ),
  ...observabilityEdges(services),
];
