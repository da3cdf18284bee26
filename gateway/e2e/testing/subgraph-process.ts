import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Illness } from './sick-subgraph.ts';

/** A subgraph of reviews in a process of its own, which can fall ill, or be killed and started again. */
export interface SubgraphProcess extends AsyncDisposable {
  /** Stays the same. */
  readonly url: string;
  fallIll(illness: Illness): Promise<void>;
  /** How many GraphQL requests have come since it was started. */
  asked(): Promise<number>;
  /** With SIGKILL. */
  kill(): Promise<void>;
  /** Again and healthy, on the same port; it listens. */
  start(): Promise<void>;
}

const SCRIPT = fileURLToPath(new URL('./sick-subgraph.ts', import.meta.url));

export async function startSubgraphProcess(): Promise<SubgraphProcess> {
  let child: ChildProcess | undefined;
  let port = 0;
  const kill = async () => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  const start = async () => {
    await kill();
    child = fork(SCRIPT, [String(port)], { execArgv: [] });
    [port] = await once(child, 'message');
  };
  const control = async (body: string) =>
    Number(await (await fetch(`http://127.0.0.1:${port}/control`, { method: 'POST', body })).text());
  await start();
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    fallIll: async (illness) => void (await control(illness)),
    asked: () => control(''),
    kill,
    start,
    [Symbol.asyncDispose]: kill,
  };
}
