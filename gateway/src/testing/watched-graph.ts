import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@tributary/service-kit/testing';
import { gatewayProcess, npmProcess } from './gateway-process.ts';
import { largeSubgraphs } from './large-supergraph.ts';

export interface WatchedGraph extends AsyncDisposable {
  /** Replaces the definitions that a subgraph has beside its own. */
  extend(subgraph: number, sdl: string): void;
  /** How the gateway refuses a query: nobody listens where subgraphs are asked. */
  codeOf(query: string): Promise<string | undefined>;
  /** What `graph compose --watch` has said. */
  output(): string;
}

/** 30 subgraphs with 3,000 fields, `graph compose --watch` on them, and a gateway that serves what it writes. */
export async function watchedGraph(): Promise<WatchedGraph> {
  const root = mkdtempSync(join(tmpdir(), 'tributary-watch-'));
  const write = (path: string, text: string) => writeFileSync(join(root, path), text);
  const subgraphs = largeSubgraphs();
  for (const [index, { name, sdl }] of subgraphs.entries()) {
    mkdirSync(join(root, 'subgraphs', name), { recursive: true });
    write(`subgraphs/${name}/config.yaml`, `server: { port: ${5001 + index} }`);
    write(`subgraphs/${name}/schema.graphql`, sdl);
  }
  write('gateway.yaml', '{ server: { host: 127.0.0.1 }, admin: { host: 127.0.0.1 } }');
  const graph = npmProcess('graph', 'compose', '--watch', '--root', root);
  await until('the first supergraph', () => graph.output().includes('written to'), 60_000);
  const [supergraph, config] = [join(root, 'schema/supergraph.graphql'), join(root, 'gateway.yaml')];
  const gateway = gatewayProcess('--supergraph', supergraph, '--config', config, '--port', '0');
  const { url } = await gateway.ready();
  return {
    extend(index, extension) {
      const { name, sdl } = subgraphs[index] as { name: string; sdl: string };
      write(`subgraphs/${name}/schema.graphql`, `${sdl}\n${extension}`);
    },
    async codeOf(query) {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
      const { errors = [] } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
      return errors[0]?.extensions.code;
    },
    output: graph.output,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await graph[Symbol.asyncDispose]();
      rmSync(root, { recursive: true });
    },
  };
}
