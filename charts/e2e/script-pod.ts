import type { Cluster } from './cluster.ts';
import { until } from './until.ts';

/** As whom, and by which way, clients ask from a pod. */
export interface ClientOptions {
  url: string;
  /** The pod's labels: as whom it asks. */
  labels: Readonly<Record<string, string>>;
  serviceAccount: string;
  /** Where a host name is, which no DNS knows; its certificate is not checked. */
  host?: { name: string; address: string };
}

export interface ScriptPodOptions extends ClientOptions {
  /** Name of the pod. */
  name: string;
  image: string;
  /** A program of Node, which ends by SIGUSR2, and prints its result as the last line, in JSON. It is told the URL. */
  script: string;
  env: Readonly<Record<string, string>>;
}

/** Of every pod of these, by which those of a step that failed are found. */
export const LOAD_LABEL = 'tributary.dev/load';

export interface ScriptPod<Result> {
  /** What it has printed so far. */
  printed(): Promise<string>;
  /** When it ends by itself. @throws Error when that takes longer, or with what it printed when it failed. */
  result(timeoutMs: number): Promise<Result>;
  /** Ends it now; the same. */
  stop(timeoutMs: number): Promise<Result>;
}

/** Starts a pod that runs a script. */
export async function startScriptPod<Result>(cluster: Cluster, options: ScriptPodOptions): Promise<ScriptPod<Result>> {
  const { name } = options;
  const phase = () => cluster.kubectl('get', 'pod', name, '--output', 'jsonpath={.status.phase}');
  const printed = () => cluster.kubectl('logs', name, '--container', 'load');
  await cluster.apply(JSON.stringify(podOf(cluster, options)));
  await until(`pod ${name} to run`, 60_000, async () =>
    ['Running', 'Succeeded'].includes(await phase()) ? true : undefined,
  );
  const pod: ScriptPod<Result> = {
    printed,
    async result(timeoutMs) {
      const end = await until(`pod ${name} to end`, timeoutMs, async () => {
        const now = await phase();
        return now === 'Succeeded' || now === 'Failed' ? now : undefined;
      });
      const text = (await printed()).trim();
      if (end === 'Failed') throw new Error(text);
      await cluster.kubectl('delete', 'pod', name, '--wait=false');
      // After what Node warns of.
      return JSON.parse(text.split('\n').at(-1) ?? '');
    },
    async stop(timeoutMs) {
      await cluster.kubectl('exec', name, '--container', 'load', '--', 'node', '-e', "process.kill(1, 'SIGUSR2')");
      return pod.result(timeoutMs);
    },
  };
  return pod;
}

function podOf({ namespace }: Cluster, options: ScriptPodOptions): object {
  const { name, labels, serviceAccount, image, script, url, host } = options;
  const env = {
    ...options.env,
    URL: url,
    ...(host === undefined ? {} : { NODE_TLS_REJECT_UNAUTHORIZED: '0' }),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { ...labels, [LOAD_LABEL]: 'true' } },
    spec: {
      restartPolicy: 'Never',
      serviceAccountName: serviceAccount,
      automountServiceAccountToken: false,
      ...(host === undefined ? {} : { hostAliases: [{ ip: host.address, hostnames: [host.name] }] }),
      containers: [
        {
          name: 'load',
          image,
          imagePullPolicy: 'IfNotPresent',
          args: ['-e', script],
          env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
        },
      ],
    },
  };
}
