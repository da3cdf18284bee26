import type { Cluster } from './cluster.ts';
import { until } from './until.ts';

/** A pod that stays, and asks for a test. */
export interface Asker {
  /** Runs a program of Node in it, and gives what it prints. */
  run(script: string): Promise<string>;
}

export interface AskerOptions {
  name: string;
  image: string;
  labels?: Readonly<Record<string, string>>;
  serviceAccount?: string;
}

/** Starts a pod that does nothing by itself. It is never ready, so that no Service whose labels it has sends it requests. */
export async function startAsker(cluster: Cluster, options: AskerOptions): Promise<Asker> {
  const { name, image, labels = {}, serviceAccount = 'default' } = options;
  await cluster.apply(
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: cluster.namespace, labels },
      spec: {
        serviceAccountName: serviceAccount,
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'ask',
            image,
            imagePullPolicy: 'IfNotPresent',
            args: ['-e', 'setInterval(() => {}, 60000)'],
            readinessProbe: { exec: { command: ['node', '-e', 'process.exit(1)'] }, periodSeconds: 3600 },
          },
        ],
      },
    }),
  );
  await until(`pod ${name} to run`, 60_000, async () => {
    const phase = await cluster.kubectl('get', 'pod', name, '--output', 'jsonpath={.status.phase}');
    return phase === 'Running' ? true : undefined;
  });
  return { run: (script) => cluster.kubectl('exec', name, '--container', 'ask', '--', 'node', '-e', script) };
}
