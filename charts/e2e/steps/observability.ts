import { fileURLToPath } from 'node:url';
import type { ClusterObject } from '../cluster.ts';
import type { Graph } from '../graph.ts';
import { until } from '../until.ts';
import { CHART } from './install.ts';
import type { Step } from './step.ts';

const EXAMPLE = `${CHART}/examples/observability.yaml`;
const VALUES = fileURLToPath(new URL('../observability.yaml', import.meta.url));

/** The services that a purchase has to do with. */
const PURCHASE = ['gateway', 'orders', 'inventory', 'payments', 'notifications'];
const READ_WITHIN_MS = 180_000;
const TRACED_WITHIN_MS = 90_000;
/** Two minutes of silence, and what is waited for until rules are evaluated. */
const FIRES_WITHIN_MS = 300_000;
const RESOLVES_WITHIN_MS = 300_000;

/** What may fire where nothing is wrong: no receiver is configured, of which one is told after five minutes. */
const AT_REST = ['Watchdog', 'NotificationsFailing'];
/** It fires two minutes after the last pod of the gateway. */
const ALERT = 'GatewayAbsent';

/** What the graph tells of itself arrives: metrics of every pod, a purchase's trace, an alert while something is wrong. */
export const observability: Step = {
  name: 'observability',
  async run(graph) {
    const { cluster, release, values } = graph;
    const more = [EXAMPLE, VALUES].flatMap((file) => ['--values', file]);
    await cluster.helm('upgrade', release, CHART, ...values, ...more, '--wait', '--timeout', '5m');
    await using open = new AsyncDisposableStack();
    const reach = async (kind: string, name: string, port: number) =>
      open.use(await cluster.forward(`${kind}/${release}-${name}`, port)).url;
    const prometheus = await reach('statefulset', 'prometheus', 9090);
    const jaeger = await reach('deployment', 'jaeger', 16686);
    const alertmanager = await reach('statefulset', 'alertmanager', 9093);
    return [
      await everyPodIsRead(graph, prometheus),
      await purchaseIsTraced(graph, jaeger),
      await faultIsTold(graph, prometheus, alertmanager),
    ].join('\n');
  },
};

/** Prometheus reads the metrics of every pod through the policies, of this chart's own as well, and its rules are sound. */
async function everyPodIsRead({ cluster, release }: Graph, prometheus: string): Promise<string> {
  const jobs = { services: 'component in (gateway,subgraph)', observability: 'component=observability' };
  const counts: string[] = [];
  for (const [pool, selector] of Object.entries(jobs)) {
    const count = await until(`metrics of the pods of ${pool}`, READ_WITHIN_MS, async () => {
      const all = await cluster.list('pod', `app.kubernetes.io/part-of=${release},app.kubernetes.io/${selector}`);
      // Those of before the upgrade may be on their way out.
      const pods = all.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
      const { data } = await read(`${prometheus}/api/v1/targets?state=active&scrapePool=${pool}`);
      const down = data.activeTargets.filter(({ health }: ClusterObject) => health !== 'up');
      if (down.length > 0) throw new Error(down.map(describeTarget).join('; '));
      const scraped = new Set(data.activeTargets.map(({ labels }: ClusterObject) => labels.pod));
      return pods.every(({ metadata }) => scraped.has(metadata.name)) ? pods.length : undefined;
    });
    counts.push(`${count} pods of ${pool}`);
  }
  const groups: ClusterObject[] = (await read(`${prometheus}/api/v1/rules`)).data.groups;
  const unsound = groups.flatMap(({ rules }) => rules).filter(({ health }) => health === 'err');
  if (unsound.length > 0) throw new Error(unsound.map(({ name, lastError }) => `${name}: ${lastError}`).join('; '));
  return `metrics of ${counts.join(' and ')} are read, ${groups.length} groups of rules evaluated`;
}

const describeTarget = ({ labels, lastError }: ClusterObject) => `${labels.pod}: ${lastError}`;

/** A purchase is one trace, through every service that has to do with it. */
async function purchaseIsTraced({ cluster, release }: Graph, jaeger: string): Promise<string> {
  await cluster.helm('test', release, '--timeout', '2m');
  const tags = encodeURIComponent(JSON.stringify({ 'graphql.operation.name': 'PlaceOrder' }));
  const spans = await until('the trace of a purchase', TRACED_WITHIN_MS, async () => {
    const { data } = await read(`${jaeger}/api/traces?service=gateway&lookback=1h&limit=20&tags=${tags}`);
    for (const { spans, processes } of data as ClusterObject[]) {
      const found = spans.map(({ processID, operationName }: ClusterObject) => ({
        service: processes[processID].serviceName,
        name: operationName,
      }));
      if (PURCHASE.every((service) => found.some((span: ClusterObject) => span.service === service))) return found;
    }
    return undefined;
  });
  const consumed = spans.filter(({ name }: ClusterObject) => name.startsWith('process ')).length;
  const services = new Set(spans.map(({ service }: ClusterObject) => service));
  return `a purchase is a trace of ${spans.length} spans by ${services.size} services, ${consumed} of them consumers'`;
}

/** Nothing fires but the Watchdog; without a gateway somebody is told, and told when there is one again. */
async function faultIsTold({ cluster, release }: Graph, prometheus: string, alertmanager: string): Promise<string> {
  const { data } = await read(`${prometheus}/api/v1/alerts`);
  const firing = data.alerts.filter(({ state }: ClusterObject) => state === 'firing');
  const names: string[] = firing.map(({ labels }: ClusterObject) => labels.alertname);
  if (!names.includes('Watchdog') || names.some((name) => !AT_REST.includes(name)))
    throw new Error(`expected the Watchdog to fire and nothing else: ${names}`);
  const gateway = `deployment/${release}-gateway`;
  const pods = (await cluster.kubectl('get', gateway, '--output', 'jsonpath={.spec.replicas}')).trim();
  const told = async () => {
    const alerts = await read(`${alertmanager}/api/v2/alerts?filter=${encodeURIComponent(`alertname="${ALERT}"`)}`);
    return alerts.filter(({ status }: ClusterObject) => status.state === 'active');
  };
  const brokenMs = performance.now();
  await cluster.kubectl('scale', gateway, '--replicas', '0');
  try {
    const [alert] = await until(`${ALERT} at Alertmanager`, FIRES_WITHIN_MS, async () => {
      const alerts = await told();
      return alerts.length > 0 ? alerts : undefined;
    });
    const { severity, team } = alert.labels;
    const firedSeconds = secondsSince(brokenMs);
    await cluster.kubectl('scale', gateway, '--replicas', pods);
    const mendedMs = performance.now();
    await until(`no more ${ALERT}`, RESOLVES_WITHIN_MS, async () => ((await told()).length === 0 ? true : undefined));
    return `${ALERT} (${severity}, ${team}) after ${firedSeconds} s without a gateway, over ${secondsSince(mendedMs)} s after it came back`;
  } finally {
    await cluster.kubectl('scale', gateway, '--replicas', pods);
  }
}

const secondsSince = (ms: number) => ((performance.now() - ms) / 1000).toFixed(0);

async function read(url: string): Promise<ClusterObject> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`${url} was answered with ${response.status}`);
  return response.json();
}
