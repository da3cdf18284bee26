import { spawn } from 'node:child_process';

export interface ClusterTools {
  helm: string;
  kubectl: string;
  kubeconfig: string;
  namespace: string;
}

/** A cluster, by helm and kubectl. Every call ends within its time. */
export interface Cluster {
  readonly namespace: string;
  /** @throws Error with what the tool said. */
  helm(...args: string[]): Promise<string>;
  /** @throws Error with what the tool said. */
  kubectl(...args: string[]): Promise<string>;
  /** Applies objects, as YAML or JSON; in another namespace where that is given. */
  apply(manifest: string, namespace?: string): Promise<void>;
  /** Reads objects of a kind. */
  list(kind: string, selector?: string): Promise<ClusterObject[]>;
  /** A way to a port of a pod, such as `deployment/users`, past all policies. @throws Error with what the tool said. */
  forward(target: string, port: number): Promise<Forwarding>;
}

export interface Forwarding extends AsyncDisposable {
  readonly url: string;
}

// biome-ignore lint/suspicious/noExplicitAny: objects of many kinds are looked into
export type ClusterObject = any;

const CALL_TIMEOUT_MS = 300_000;

export function openCluster({ helm, kubectl, kubeconfig, namespace }: ClusterTools): Cluster {
  const call = (command: string, args: readonly string[], input = '') =>
    run(command, ['--namespace', namespace, ...args], kubeconfig, input);
  return {
    namespace,
    helm: (...args) => call(helm, args),
    kubectl: (...args) => call(kubectl, args),
    apply: async (manifest, other = namespace) =>
      void (await call(kubectl, ['--namespace', other, 'apply', '--filename', '-'], manifest)),
    async list(kind, selector = '') {
      return JSON.parse(await call(kubectl, ['get', kind, '--selector', selector, '--output', 'json'])).items;
    },
    forward: (target, port) =>
      forward(kubectl, ['--namespace', namespace, 'port-forward', target, `:${port}`], kubeconfig),
  };
}

function run(command: string, args: readonly string[], kubeconfig: string, input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, KUBECONFIG: kubeconfig },
      timeout: CALL_TIMEOUT_MS,
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.once('error', reject);
    child.once('close', (status) => {
      if (status === 0) resolve(out);
      else reject(new Error(`${args.slice(2, 6).join(' ')}: ${withoutNotes(err) || `exit ${status}`}`));
    });
    child.stdin.end(input);
  });
}

/** Helm tells of the chart's links to other folders. */
const withoutNotes = (text: string) => text.replaceAll(/^.*found symbolic link in path.*\n/gm, '').trim();

async function forward(command: string, args: readonly string[], kubeconfig: string): Promise<Forwarding> {
  const child = spawn(command, args, { env: { ...process.env, KUBECONFIG: kubeconfig } });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let err = '';
  child.stderr.on('data', (chunk) => (err += chunk));
  const url = new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => reject(new Error(`${args.slice(2).join(' ')}: ${err}`)));
    child.stdout.on('data', (chunk) => {
      const port = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(String(chunk))?.[1];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
    });
  });
  return {
    url: await url,
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
}
