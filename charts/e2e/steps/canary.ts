import type { ClusterObject } from '../cluster.ts';
import type { Graph } from '../graph.ts';
import { allAnswered, startClients } from '../graph.ts';
import { CHART } from './install.ts';
import type { Step } from './step.ts';

const WEIGHT = 10;
const REQUESTS = 1000;
/** Of the share of the canary, by which chance alone leaves it once in a million runs. */
const STANDARD_ERRORS = 5;

/**
 * Two versions of the gateway and of orders: by header the canaries of both are reached, the second through a hop; by weight
 * a tenth of the requests.
 */
export const canary: Step = {
  name: 'canary',
  async run(graph) {
    const { cluster, release, values } = graph;
    const on = ['gateway', 'orders'].flatMap((service) => [
      ...['--set', `services.${service}.canary.enabled=true`],
      ...['--set', `services.${service}.canary.weight=${WEIGHT}`],
    ]);
    await cluster.helm('upgrade', release, CHART, ...values, ...on, '--wait', '--timeout', '4m');
    const byHeader = await shares(graph, 'header', { headers: { canary: 'true' }, seconds: 20 });
    for (const service of ['gateway', 'orders']) {
      const { v1, v2 } = byHeader[service] as Share;
      if (v1 > 0 || v2 === 0) throw new Error(`by header ${service} answered ${v1} times as v1, ${v2} times as v2`);
    }
    const byWeight = await shares(graph, 'weight', { seconds: 90 });
    const { v1, v2 } = byWeight.gateway as Share;
    const total = v1 + v2;
    const expected = (total * WEIGHT) / 100;
    const bound = STANDARD_ERRORS * Math.sqrt(expected * (1 - WEIGHT / 100));
    if (total < REQUESTS) throw new Error(`only ${total} requests`);
    if (Math.abs(v2 - expected) > bound)
      throw new Error(`by weight ${v2} of ${total}, expected ${expected.toFixed(0)} ± ${bound.toFixed(0)}`);
    await cluster.helm('upgrade', release, CHART, ...values, '--wait', '--timeout', '4m');
    return [
      `by header gateway v2 ${byHeader.gateway?.v2} times and orders v2 ${byHeader.orders?.v2} times, v1 never`,
      `by weight ${v2} of ${total} requests, expected ${expected.toFixed(0)} ± ${bound.toFixed(0)}`,
    ].join('\n');
  },
};

interface Share {
  v1: number;
  v2: number;
}

/** How many GraphQL requests each version answered during a load. */
async function shares(graph: Graph, name: string, load: object): Promise<Record<string, Share>> {
  const before = await counts(graph);
  const running = await startClients(graph, `canary-${name}`, load);
  console.log(`    ${allAnswered(`canary by ${name}`, await running.result(), 100)}`);
  const after = await counts(graph);
  return Object.fromEntries(
    Object.entries(after).map(([service, { v1, v2 }]) => [
      service,
      { v1: v1 - (before[service]?.v1 ?? 0), v2: v2 - (before[service]?.v2 ?? 0) },
    ]),
  );
}

async function counts({ cluster, release }: Graph): Promise<Record<string, Share>> {
  const result: Record<string, Share> = { gateway: { v1: 0, v2: 0 }, orders: { v1: 0, v2: 0 } };
  for (const service of Object.keys(result)) {
    const pods = await cluster.list('pod', `app.kubernetes.io/name=${service},app.kubernetes.io/part-of=${release}`);
    for (const pod of pods.filter(isReady)) {
      const metrics = await cluster.kubectl(
        'exec',
        pod.metadata.name,
        '--container',
        service,
        '--',
        'node',
        '-e',
        READ,
      );
      const share = result[service] as Share;
      share[pod.metadata.labels.version as 'v1' | 'v2'] += Number(metrics);
    }
  }
  return result;
}

const isReady = ({ status }: ClusterObject) =>
  status.conditions?.some(({ type, status: value }: ClusterObject) => type === 'Ready' && value === 'True');

const READ = `fetch('http://127.0.0.1:9400/metrics').then((r) => r.text()).then((text) => {
  const lines = text.match(/^http_requests_total\\{[^}]*route="\\/graphql"[^}]*\\} \\d+/gm) ?? [];
  console.log(lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0));
})`;
