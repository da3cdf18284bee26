import { readFileSync } from 'node:fs';
import type { Cluster } from './cluster.ts';
import { until } from './until.ts';

export interface LoadOptions {
  /** Name of the pod. */
  name: string;
  url: string;
  query: string;
  /** At most. */
  seconds: number;
  /** Requests at a time. */
  workers: number;
  /** Of each worker, after each request. */
  pauseMs: number;
  headers?: Readonly<Record<string, string>>;
  /** Where a host name is, which no DNS knows; its certificate is not checked. */
  host?: { name: string; address: string };
  /** Who signs in first; default: nobody. */
  user?: { email: string; password: string } | undefined;
  image: string;
  /** The pod's labels: as whom it asks. */
  labels: Readonly<Record<string, string>>;
  serviceAccount: string;
}

export interface LoadResult {
  ok: number;
  failed: number;
  /** Why, and how often. */
  reasons: Record<string, number>;
  slowestMs: number;
}

/** Of every pod that makes requests. */
export const LOAD_LABEL = 'tributary.dev/load';

const SCRIPT = readFileSync(new URL('load-script.js', import.meta.url), 'utf8');

/** Requests that are being made. */
export interface Load {
  /** When their time is over. */
  result(): Promise<LoadResult>;
  /** Ends them now. */
  stop(): Promise<LoadResult>;
}

/** Requests from a pod of the cluster, begun when this resolves. */
export async function startLoad(cluster: Cluster, options: LoadOptions): Promise<Load> {
  const { name } = options;
  await cluster.apply(JSON.stringify(podOf(cluster, options)));
  await until(`pod ${name} to run`, 60_000, async () => {
    const phase = await phaseOf(cluster, name);
    return phase === 'Running' || phase === 'Succeeded' ? true : undefined;
  });
  const load: Load = {
    async stop() {
      const end = "process.kill(1, 'SIGUSR2')";
      await cluster.kubectl('exec', name, '--container', 'load', '--', 'node', '-e', end);
      return load.result();
    },
    async result() {
      await until(`pod ${name} to end`, options.seconds * 1000 + 60_000, async () => {
        const phase = await phaseOf(cluster, name);
        if (phase === 'Failed') throw new Error(await cluster.kubectl('logs', name));
        return phase === 'Succeeded' ? true : undefined;
      });
      // After what Node warns of.
      const line = (await cluster.kubectl('logs', name, '--container', 'load')).trim().split('\n').at(-1) ?? '';
      await cluster.kubectl('delete', 'pod', name, '--wait=false');
      return JSON.parse(line);
    },
  };
  return load;
}

const phaseOf = (cluster: Cluster, name: string) =>
  cluster.kubectl('get', 'pod', name, '--output', 'jsonpath={.status.phase}');

function podOf({ namespace }: Cluster, options: LoadOptions): object {
  const {
    name,
    labels,
    serviceAccount,
    image,
    url,
    query,
    seconds,
    workers,
    pauseMs,
    headers = {},
    user,
    host,
  } = options;
  const env = {
    URL: url,
    QUERY: query,
    SECONDS: String(seconds),
    WORKERS: String(workers),
    PAUSE_MS: String(pauseMs),
    HEADERS: JSON.stringify(headers),
    ...(host === undefined ? {} : { NODE_TLS_REJECT_UNAUTHORIZED: '0' }),
    ...(user === undefined ? {} : { EMAIL: user.email, PASSWORD: user.password }),
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
          args: ['-e', SCRIPT],
          env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
        },
      ],
    },
  };
}
