import type { Graph } from '../graph.ts';
import { allAnswered, startClients } from '../graph.ts';
import { until } from '../until.ts';
import type { Step } from './step.ts';

const PROGRAM = "require('node:http').createServer((q, r) => { r.writeHead(500); r.end(); }).listen(4000)";

/**
 * Pods behind a Service that answer each request with 500 are left out, once their callers have seen them fail. One on each
 * node: callers prefer pods of their own zone.
 */
export const ailingPod: Step = {
  name: 'ailing-pod',
  async run(graph) {
    const { cluster } = graph;
    const nodes = (await cluster.list('node')).map(({ metadata }) => metadata.name);
    const names = nodes.map((node) => `ailing-inventory-${node}`);
    for (const node of nodes) await cluster.apply(JSON.stringify(podOn(node, graph)));
    await cluster.kubectl('wait', '--for=condition=Ready', '--timeout=60s', ...names.map((name) => `pod/${name}`));
    try {
      let [asked, failed] = [0, 0];
      const then = await until('every caller to leave them out', 90_000, async () => {
        const result = await (await startClients(graph, 'ailing', { seconds: 6 })).result();
        asked += result.ok + result.failed;
        failed += result.failed;
        return failed > 0 && result.failed === 0 ? result : undefined;
      });
      return `${failed} of ${asked} requests failed until every caller had left them out; ${allAnswered('then', then, 50)}`;
    } finally {
      await cluster.kubectl('delete', 'pod', ...names);
    }
  },
};

function podOn(node: string, { cluster, release, tag }: Graph): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `ailing-inventory-${node}`,
      namespace: cluster.namespace,
      labels: { 'app.kubernetes.io/name': 'inventory', 'app.kubernetes.io/part-of': release, version: 'v1' },
    },
    spec: {
      nodeName: node,
      serviceAccountName: `${release}-inventory`,
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          name: 'ailing',
          image: `tributary/tools:${tag}`,
          imagePullPolicy: 'IfNotPresent',
          args: ['-e', PROGRAM],
          ports: [{ name: 'http', containerPort: 4000 }],
        },
      ],
    },
  };
}
