import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Python, pythonEnv } from './find-python.ts';

export interface PythonSubgraph {
  /** Of its GraphQL endpoint. */
  readonly url: string;
  readonly sdl: string;
  stop(): Promise<void>;
}

/** @throws Error when it ends before it serves */
export async function startPythonSubgraph(python: Python): Promise<PythonSubgraph> {
  const script = fileURLToPath(new URL('subgraph.py', import.meta.url));
  const child = spawn(python.executable, [script], { env: pythonEnv(python), stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const [line] = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    ended.then(([code]) => Promise.reject(new Error(`the subgraph in Python ended with ${code}`))),
  ]);
  const url = String(line);
  return { url, sdl: await sdlOf(url), stop: () => stop(child, ended) };
}

async function sdlOf(url: string): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ _service { sdl } }' }),
  });
  const { data } = (await response.json()) as { data: { _service: { sdl: string } } };
  return data._service.sdl;
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill();
  await ended;
}
