import { readFileSync } from 'node:fs';
import type { Cluster } from './cluster.ts';
import { type ClientOptions, startScriptPod } from './script-pod.ts';

export interface LoadOptions extends ClientOptions {
  /** Name of the pod. */
  name: string;
  query: string;
  /** At most. */
  seconds: number;
  /** Requests at a time. */
  workers: number;
  /** Of each worker, after each request. */
  pauseMs: number;
  headers?: Readonly<Record<string, string>>;
  /** Who signs in first; default: nobody. */
  user?: { email: string; password: string } | undefined;
  image: string;
}

export interface LoadResult {
  ok: number;
  failed: number;
  /** Why, and how often. */
  reasons: Record<string, number>;
  slowestMs: number;
}

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
  const { query, seconds, workers, pauseMs, headers = {}, user } = options;
  const env = {
    QUERY: query,
    SECONDS: String(seconds),
    WORKERS: String(workers),
    PAUSE_MS: String(pauseMs),
    HEADERS: JSON.stringify(headers),
    ...(user === undefined ? {} : { EMAIL: user.email, PASSWORD: user.password }),
  };
  const pod = await startScriptPod<LoadResult>(cluster, { ...options, script: SCRIPT, env });
  const timeoutMs = seconds * 1000 + 60_000;
  return { result: () => pod.result(timeoutMs), stop: () => pod.stop(timeoutMs) };
}
